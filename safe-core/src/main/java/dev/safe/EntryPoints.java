package dev.safe;

import org.jspecify.annotations.Nullable;

/** The four entry points of an extension, each called across its boundary. */
final class EntryPoints {

    private static final EntryPoint<ExtensionCapability> POLL = ExtensionCapability::poll;

    private record Finalize(long id) implements EntryPoint<ExtensionCapability> {

        @Override
        public @Nullable Object proceed(ExtensionCapability capability) {
            capability.finalizeStep(id);
            return null;
        }

        @Override
        public long id(ExtensionCapability capability) {
            return id;
        }
    }

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

    static void finalizeStep(Boundary boundary, ExtensionCapability target, long id) {
        boundary.<ExtensionCapability, RuntimeException>call(target, new Finalize(id));
    }

    static void teardown(Boundary boundary, ExtensionCapability target, TeardownContext context) {
        EntryPoint<ExtensionCapability> teardown = capability -> {
            capability.teardown(context);
            return null;
        };
        boundary.<ExtensionCapability, RuntimeException>call(target, teardown);
    }
}
