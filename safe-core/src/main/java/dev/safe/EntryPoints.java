package dev.safe;

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
        boundary.<ExtensionCapability, Exception>call(target, setup, 0);
    }

    static @Nullable StepEvent poll(Boundary boundary, ExtensionCapability target) {
        return (StepEvent) boundary.<ExtensionCapability, RuntimeException>call(target, POLL, 0);
    }

    static void finalizeStep(Boundary boundary, ExtensionCapability target, long id) {
        EntryPoint<ExtensionCapability> finalizeStep = capability -> {
            capability.finalizeStep(id);
            return null;
        };
        boundary.<ExtensionCapability, RuntimeException>call(target, finalizeStep, id);
    }

    static void teardown(Boundary boundary, ExtensionCapability target, TeardownContext context) {
        EntryPoint<ExtensionCapability> teardown = capability -> {
            capability.teardown(context);
            return null;
        };
        boundary.<ExtensionCapability, RuntimeException>call(target, teardown, 0);
    }
}
