package dev.safe.testing;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** An extension that a separate class loader may define. It panics, and hangs if a test says so. */
public final class Plugin implements ExtensionCapability, IntSupplier {

    /** Whether poll hangs until it is interrupted, instead of panicking. */
    public boolean hanging;

    @Override
    public String name() {
        return "plugin";
    }

    @Override
    public @Nullable StepEvent poll() {
        if (!hanging) {
            throw new PluginException();
        }
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
        return null;
    }

    @Override
    public int getAsInt() {
        throw new PluginException();
    }
}
