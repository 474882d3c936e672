package dev.safe.internal.watch;

import org.jspecify.annotations.Nullable;

/**
 * Tells which threads can be asked without running code of others: the methods of {@link Thread} that the watchdog needs
 * are not all final. Holds no class: what is known of one is kept with it.
 */
final class Trust {

    private static final ClassValue<Boolean> TRACES = inheriting("getStackTrace");
    private static final ClassValue<Boolean> SIGNALS = inheriting("isInterrupted");

    private Trust() {}

    /** Returns whether a thread's stack trace is the platform's own doing. */
    static boolean inTraces(Thread thread) {
        return TRACES.get(thread.getClass());
    }

    /** Returns whether a thread's interrupt flag is the platform's own doing. */
    static boolean inSignals(Thread thread) {
        return SIGNALS.get(thread.getClass());
    }

    private static ClassValue<Boolean> inheriting(String method) {
        return new ClassValue<>() {
            @Override
            protected Boolean computeValue(Class<?> type) {
                return isOfPlatform(type) || !overrides(type, method);
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
            } catch (LinkageError broken) {
                return true;
            }
        }
        return false;
    }
}
