package dev.safe.internal.watch;

import org.jspecify.annotations.Nullable;

/**
 * Decides which threads can be asked without running foreign code: the methods of {@link Thread} that the watchdog
 * needs are not all final. Holds no class: what is known of one is kept with it.
 *
 * <p>Looking at the methods of a class loads the types that they name, which runs its class loader. So each thread
 * answers for itself, and the watchdog only reads the answer.
 */
final class Trust {

    private static final ClassValue<Boolean> TRACES = inheriting("getStackTrace");
    private static final ClassValue<Boolean> SIGNALS = inheriting("isInterrupted");

    private Trust() {}

    /** Returns whether reading a thread's stack trace runs only code of the platform. */
    static boolean inTraces(Thread thread) {
        return isOfPlatform(thread.getClass()) || TRACES.get(thread.getClass());
    }

    /** Returns whether reading a thread's interrupt flag runs only code of the platform. */
    static boolean inSignals(Thread thread) {
        return isOfPlatform(thread.getClass()) || SIGNALS.get(thread.getClass());
    }

    private static ClassValue<Boolean> inheriting(String method) {
        return new ClassValue<>() {
            @Override
            protected Boolean computeValue(Class<?> type) {
                return !overrides(type, method);
            }
        };
    }

    private static boolean isOfPlatform(Class<?> type) {
        return type.getClassLoader() == null;
    }

    private static boolean overrides(Class<?> type, String method) {
        for (@Nullable Class<?> declaring = type; declaring != null && declaring != Thread.class; ) {
            try {
                return declaring.getDeclaredMethod(method).getDeclaringClass() == declaring;
            } catch (NoSuchMethodException inherited) {
                declaring = declaring.getSuperclass();
            } catch (LinkageError | RuntimeException broken) { // Of its class loader.
                return true;
            }
        }
        return false;
    }
}
