package dev.safe.internal.render;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a log framework can be trusted with a throwable. Asks it just what such a framework asks. */
final class Printability {

    private static final int MAX_THROWABLES = 64;
    private static final int MAX_FRAMES = 1_024;
    private static final int MAX_CHARACTERS = 65_536;

    private Printability() {}

    /** May throw whatever the throwable does. */
    static boolean isSafe(Throwable thrown) {
        return isSafe(thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static boolean isSafe(@Nullable Throwable thrown, Set<Throwable> seen) {
        if (thrown == null) {
            return true;
        }
        if (seen.size() == MAX_THROWABLES || !seen.add(thrown)) {
            return false;
        }
        if (!hasSafeText(thrown) || !hasSafeTrace(thrown)) {
            return false;
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (!isSafe(suppressed, seen)) {
                return false;
            }
        }
        return isSafe(thrown.getCause(), seen);
    }

    private static boolean hasSafeText(Throwable thrown) {
        String text = thrown.toString();
        return text != null && isSafe(text) && isSafe(thrown.getMessage()) && isSafe(thrown.getLocalizedMessage());
    }

    private static boolean isSafe(@Nullable String text) {
        return text == null || (text.length() <= MAX_CHARACTERS && SafeText.isOneHarmlessLine(text));
    }

    private static boolean hasSafeTrace(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        if (trace == null || trace.length > MAX_FRAMES) {
            return false;
        }
        for (StackTraceElement frame : trace) {
            if (frame == null || !SafeText.isSafe(frame.toString())) {
                return false;
            }
        }
        return true;
    }
}
