package dev.safe.supervisor;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.function.Supplier;

/** Where the instance of each life of an extension comes from. */
interface Source {

    /** Returns the guarded instance for the next life. */
    ExtensionCapability next();

    /** Returns whether each life gets a new instance, so that one that hangs can be replaced. */
    boolean makesAnew();

    /** Returns a source that has one instance for all lives. */
    static Source of(ExtensionCapability guarded) {
        return new Source() {
            @Override
            public ExtensionCapability next() {
                return guarded;
            }

            @Override
            public boolean makesAnew() {
                return false;
            }
        };
    }

    /** Returns a source that makes an instance for each life. */
    static Source of(ExtensionGuard guard, String name, Supplier<? extends ExtensionCapability> supplier) {
        return new Source() {
            @Override
            public ExtensionCapability next() {
                return guard.guarded(new MadeExtension(name, supplier));
            }

            @Override
            public boolean makesAnew() {
                return true;
            }
        };
    }
}
