package dev.safe;

import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;

/** Calls the four entry points of an extension, each across its boundary. */
final class EntryPoints {

    private static final EntryPoint<ExtensionCapability> POLL = ExtensionCapability::poll;

    private EntryPoints() {}

    static void setup(Boundary boundary, ExtensionCapability target, SetupEnv env) throws Exception {
        int seen = boundary.gate;
        EntryPoint<ExtensionCapability> setup = capability -> {
            try {
                capability.setup(env);
            } catch (UndeclaredThrowableException wrapped) {
                throw boundary.unwrapped(wrapped, seen);
            }
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

    /**
     * Wraps setup and teardown, so that the extension notes that the instance was set up or torn down. Returns other
     * entry points as they are.
     */
    static <T> EntryPoint<T> noted(Boundary boundary, ExtensionCapability instance, EntryPoint<T> entryPoint) {
        return switch (boundary.phase()) {
            case SETUP -> call -> setup(boundary, instance, call, entryPoint);
            case TEARDOWN -> call -> teardown(boundary.owner(), instance, call, entryPoint);
            default -> entryPoint;
        };
    }

    private static <T> @Nullable Object setup(
            Boundary boundary, ExtensionCapability instance, T call, EntryPoint<T> entryPoint) throws Throwable {
        Extension extension = boundary.owner();
        Object result;
        try {
            result = entryPoint.proceed(call);
        } catch (Throwable thrown) {
            try {
                if (!boundary.isPassThrough(thrown)) {
                    extension.setupFailed(instance);
                }
            } catch (Throwable ours) {
                extension.owed = Extension.Lifecycle.FAILED; // There is no stack left to call anything.
            }
            throw thrown;
        }
        try {
            extension.setUp(instance);
        } catch (Throwable ours) {
            extension.owed = Extension.Lifecycle.RUNNING;
        }
        return result;
    }

    private static <T> @Nullable Object teardown(
            Extension extension, ExtensionCapability instance, T call, EntryPoint<T> entryPoint) throws Throwable {
        try {
            return entryPoint.proceed(call);
        } finally {
            try {
                extension.tornDown(instance);
            } catch (Throwable ours) {
                extension.owed = Extension.Lifecycle.STOPPED;
            }
        }
    }
}
