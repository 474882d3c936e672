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
        boundary.<ExtensionCapability, Exception>call(target, noted(boundary, target, setup));
    }

    static @Nullable StepEvent poll(Boundary boundary, ExtensionCapability target) {
        return (StepEvent) boundary.<ExtensionCapability, RuntimeException>call(target, POLL);
    }

    static void finalizeStep(Boundary boundary, ExtensionCapability target, long id) {
        boundary.<RuntimeException>finalizeStep(target, id);
    }

    static void teardown(Boundary boundary, ExtensionCapability target, TeardownContext context) {
        EntryPoint<ExtensionCapability> teardown = capability -> {
            capability.teardown(context);
            return null;
        };
        boundary.<ExtensionCapability, RuntimeException>call(target, noted(boundary, target, teardown));
    }

    /** Has the extension note what becomes of an instance that is set up or torn down. Other calls change nothing. */
    static <T> EntryPoint<T> noted(Boundary boundary, ExtensionCapability instance, EntryPoint<T> entryPoint) {
        return switch (boundary.phase()) {
            case SETUP ->
                call -> {
                    Object result;
                    try {
                        result = entryPoint.proceed(call);
                    } catch (Throwable thrown) {
                        noteFailure(boundary, instance, thrown);
                        throw thrown;
                    }
                    boundary.owner().setUp(instance);
                    return result;
                };
            case TEARDOWN ->
                call -> {
                    try {
                        return entryPoint.proceed(call);
                    } finally {
                        boundary.owner().tornDown(instance);
                    }
                };
            default -> entryPoint;
        };
    }

    /** Never lets a failure of ours take the place of the extension's. */
    private static void noteFailure(Boundary boundary, ExtensionCapability instance, Throwable thrown) {
        try {
            if (!boundary.isPassThrough(thrown)) {
                boundary.owner().setupFailed(instance);
            }
        } catch (Throwable ours) {
            Listeners.complain("could not note that a setup failed", ours);
        }
    }
}
