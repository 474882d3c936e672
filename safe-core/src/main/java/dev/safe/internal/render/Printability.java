package dev.safe.internal.render;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a log framework can print a throwable safely. Asks the throwable once for everything that such a
 * framework asks for. Only a {@linkplain TrustedTypes trusted} class can be expected to give the same answers later.
 */
final class Printability {

    private static final int MAX_THROWABLES = 64;
    private static final int MAX_FRAMES = 1_024; // As many frames as the JVM records.
    private static final int MAX_CHARACTERS = 65_536; // Application frameworks print long lines.

    private Printability() {}

    static boolean isSafe(Throwable thrown) {
        try {
            return isSafeWithAllItRefersTo(thrown);
        } catch (Throwable hostile) {
            return false;
        }
    }

    private static boolean isSafeWithAllItRefersTo(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> pending = new ArrayDeque<>();
        pending.push(thrown);
        while (!pending.isEmpty()) {
            Throwable next = pending.pop();
            if (seen.size() == MAX_THROWABLES || !seen.add(next) || !isSafeByItself(next)) {
                return false;
            }
            Throwable[] suppressed = next.getSuppressed();
            if (suppressed.length > MAX_THROWABLES) {
                return false;
            }
            Collections.addAll(pending, suppressed);
            Throwable cause = next.getCause();
            if (cause != null) {
                pending.push(cause);
            }
        }
        return true;
    }

    private static boolean isSafeByItself(Throwable thrown) {
        return TrustedTypes.contain(thrown.getClass()) && hasSafeText(thrown) && hasSafeTrace(thrown);
    }

    private static boolean hasSafeText(Throwable thrown) {
        String text = thrown.toString();
        return text != null
                && isSafe(text)
                && isSafe(thrown.getClass().getName())
                && isSafe(thrown.getMessage())
                && isSafe(thrown.getLocalizedMessage());
    }

    private static boolean isSafe(@Nullable String text) {
        return text == null || SafeText.isSafe(text, MAX_CHARACTERS);
    }

    private static boolean hasSafeTrace(Throwable thrown) {
        @Nullable StackTraceElement[] trace = thrown.getStackTrace();
        if (trace == null || trace.length > MAX_FRAMES) {
            return false;
        }
        for (StackTraceElement element : trace) {
            if (element == null || !Frame.isSafe(element)) {
                return false;
            }
        }
        return true;
    }
}
