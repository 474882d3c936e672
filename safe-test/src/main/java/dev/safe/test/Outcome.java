package dev.safe.test;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What became of one call of an extension.
 *
 * @param what the call, as messages name it
 * @param value what it returned
 * @param thrown what it threw, or null
 * @param stuckAt where it hangs, or null if it ended in time
 * @param took how long it took, or how long the check waited for it
 * @param interrupted whether the flag of the calling thread was set when it ended
 */
record Outcome(
        String what,
        @Nullable Object value,
        @Nullable Throwable thrown,
        @Nullable String stuckAt,
        Duration took,
        boolean interrupted) {

    boolean hung() {
        return stuckAt != null;
    }

    boolean returned() {
        return thrown == null && !hung();
    }

    /** Describes what became of the call, as the first half of a sentence. */
    String seen() {
        if (hung()) {
            return "%s had not returned after %s; it hangs at %s".formatted(what, millis(took), stuckAt);
        } else if (thrown != null) {
            return "%s threw %s at %s".formatted(what, thrown, place(thrown));
        }
        return "%s returned %s".formatted(what, value);
    }

    static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }

    private static String place(Throwable thrown) {
        return place(thrown.getStackTrace());
    }

    /** Returns the top of a stack, and where it was called from if that is within the JDK. */
    static String place(StackTraceElement[] trace) {
        if (trace.length == 0) {
            return "an unknown place";
        }
        return Arrays.stream(trace)
                .filter(frame -> !isOfJdk(frame))
                .findFirst()
                .filter(frame -> !frame.equals(trace[0]))
                .map(frame -> trace[0] + " < " + frame)
                .orElse(trace[0].toString());
    }

    private static boolean isOfJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }
}
