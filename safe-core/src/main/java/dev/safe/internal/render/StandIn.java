package dev.safe.internal.render;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Printed in place of a throwable that is not safe to print. Its message is the other's type and safe message; it has few
 * frames, few causes and no cycles. Holds nothing of the original but strings and stack trace elements.
 */
public final class StandIn extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_FRAMES = 64;
    private static final int MAX_CAUSES = 8;
    private static final int MAX_SUPPRESSED = 8;
    private static final int MAX_THROWABLES = 64;

    private StandIn(String message, @Nullable StandIn cause) {
        super(message, cause);
    }

    /** Stands in for a throwable and what it refers to. */
    static StandIn of(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(thrown);
        return of(thrown, 0, seen);
    }

    private static StandIn of(Throwable thrown, int depth, Set<Throwable> seen) {
        StandIn standIn = new StandIn(Untrusted.description(thrown), ofNext(Untrusted.cause(thrown), depth + 1, seen));
        standIn.setStackTrace(safe(Untrusted.trace(thrown)));
        Throwable[] suppressed = Untrusted.suppressed(thrown);
        for (int i = 0; i < Math.min(suppressed.length, MAX_SUPPRESSED); i++) {
            StandIn other = ofNext(suppressed[i], depth + 1, seen);
            if (other != null) {
                standIn.addSuppressed(other);
            }
        }
        return standIn;
    }

    /** Returns null for one that is too deep, one too many, or was seen before. */
    private static @Nullable StandIn ofNext(@Nullable Throwable next, int depth, Set<Throwable> seen) {
        if (next == null || depth > MAX_CAUSES || seen.size() == MAX_THROWABLES || !seen.add(next)) {
            return null;
        }
        return of(next, depth, seen);
    }

    private static StackTraceElement[] safe(@Nullable StackTraceElement[] trace) {
        List<StackTraceElement> safe = new ArrayList<>();
        for (int i = 0; i < Math.min(trace.length, MAX_FRAMES); i++) {
            StackTraceElement element = trace[i];
            if (element != null) {
                safe.add(Frame.isSafe(element) ? element : safe(element));
            }
        }
        return safe.toArray(new StackTraceElement[0]);
    }

    private static StackTraceElement safe(StackTraceElement element) {
        String file = element.getFileName();
        return new StackTraceElement(
                SafeText.of(element.getClassName()),
                SafeText.of(element.getMethodName()),
                file == null ? null : SafeText.of(file),
                element.getLineNumber());
    }

    /** The trace is set from the original's. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
