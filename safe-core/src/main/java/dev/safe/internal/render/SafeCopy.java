package dev.safe.internal.render;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a throwable that is not safe to print. Its message is the original's type and safe message, and it prints as
 * nothing but its message. It has few frames, few causes and no cycles. Of the original it keeps only strings and stack
 * trace elements.
 *
 * <p>Safe for use by several threads.
 */
public final class SafeCopy extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_FRAMES = 64;
    private static final int MAX_CAUSES = 8;
    private static final int MAX_SUPPRESSED = 8;
    private static final int MAX_THROWABLES = 64;

    /** Replaces a throwable if there is no room even to look at it. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // It has no trace, and nothing can be added to it.
    static final SafeCopy NO_ROOM = new SafeCopy("(no stack or memory left to render what was thrown)");

    private SafeCopy(String message, @Nullable SafeCopy cause) {
        super(message, cause);
    }

    /** Creates a copy that nobody can add anything to. */
    private SafeCopy(String message) {
        super(message, null, false, false);
    }

    /** Copies what is safe of a throwable, its causes and its suppressed throwables. */
    static SafeCopy of(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        seen.add(thrown);
        return of(thrown, 0, seen);
    }

    private static SafeCopy of(Throwable thrown, int depth, Set<Throwable> seen) {
        SafeCopy copy = new SafeCopy(
                UntrustedThrowable.description(thrown), ofNext(UntrustedThrowable.cause(thrown), depth + 1, seen));
        copy.setStackTrace(safe(UntrustedThrowable.trace(thrown)));
        Throwable[] suppressed = UntrustedThrowable.suppressed(thrown);
        for (int i = 0; i < Math.min(suppressed.length, MAX_SUPPRESSED); i++) {
            SafeCopy other = ofNext(suppressed[i], depth + 1, seen);
            if (other != null) {
                copy.addSuppressed(other);
            }
        }
        return copy;
    }

    /** Copies the next throwable, or returns null if it is too deep, one too many, or was seen before. */
    private static @Nullable SafeCopy ofNext(@Nullable Throwable next, int depth, Set<Throwable> seen) {
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

    /** Does nothing, since the trace is copied from the original. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** Returns the message, which begins with the original's type. */
    @Override
    @SuppressWarnings(
            "OverrideThrowableToString") // The message already names the type, for logs that do not call this method.
    public String toString() {
        String message = getMessage();
        return message == null ? "null" : message;
    }
}
