package dev.safe;

import dev.safe.internal.hostfunction.CallBoundary;
import org.jspecify.annotations.Nullable;

/** The four entry points of an extension, each called across its boundary. */
final class EntryPoints {

    private static final EntryPoint<ExtensionCapability> POLL = ExtensionCapability::poll;

    private EntryPoints() {}

    static void setup(Boundary boundary, ExtensionCapability target, SetupEnv env) throws Exception {
        EntryPoint<ExtensionCapability> setup = capability -> {
            capability.setup(env);
            return null;
        };
        boundary.<ExtensionCapability, Exception>call(target, setup);
    }

    static @Nullable StepEvent poll(Boundary boundary, ExtensionCapability target) {
        return (StepEvent) boundary.<ExtensionCapability, RuntimeException>call(target, POLL);
    }

    /** Spelled out: an entry point that knew the id would have to be made anew for each event. */
    static void finalizeStep(Boundary boundary, ExtensionCapability target, long id) {
        Object admission = boundary.enter();
        if (admission != CallBoundary.REJECTED) {
            try {
                target.finalizeStep(id);
                boundary.exit(admission);
            } catch (Throwable thrown) {
                boundary.<RuntimeException>failed(admission, id, thrown);
            }
        }
    }

    static void teardown(Boundary boundary, ExtensionCapability target, TeardownContext context) {
        EntryPoint<ExtensionCapability> teardown = capability -> {
            capability.teardown(context);
            return null;
        };
        boundary.<ExtensionCapability, RuntimeException>call(target, teardown);
    }
}
