package dev.safe.internal.render;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Printed in place of a throwable that is not safe to print: with the name of its type, safe messages, few frames and few
 * causes. Holds nothing of the original but strings.
 */
public final class StandIn extends Exception {

    private static final long serialVersionUID = 1L;
    private static final int MAX_FRAMES = 64;
    private static final int MAX_CAUSES = 8;

    private StandIn(String message, @Nullable StandIn cause, StackTraceElement[] trace) {
        super(message, cause, true, true);
        setStackTrace(trace);
    }

    static StandIn of(Throwable thrown) {
        return of(thrown, MAX_CAUSES);
    }

    private static StandIn of(Throwable thrown, int causes) {
        Throwable cause = causes == 0 ? null : ThrowableText.ask(thrown::getCause, null);
        StandIn standIn = new StandIn(
                ThrowableText.describe(thrown), cause == null ? null : of(cause, causes - 1), trace(thrown));
        if (causes == MAX_CAUSES) {
            Arrays.stream(thrown.getSuppressed())
                    .limit(MAX_CAUSES)
                    .forEach(suppressed -> standIn.addSuppressed(of(suppressed, 0)));
        }
        return standIn;
    }

    private static StackTraceElement[] trace(Throwable thrown) {
        StackTraceElement[] trace = ThrowableText.ask(thrown::getStackTrace, null);
        if (trace == null) {
            return new StackTraceElement[0];
        }
        return Arrays.stream(trace)
                .limit(MAX_FRAMES)
                .filter(Objects::nonNull)
                .map(StandIn::safe)
                .toArray(StackTraceElement[]::new);
    }

    private static StackTraceElement safe(StackTraceElement frame) {
        if (SafeText.isSafe(frame.toString())) {
            return frame;
        }
        String file = frame.getFileName();
        return new StackTraceElement(
                SafeText.of(frame.getClassName()),
                SafeText.of(frame.getMethodName()),
                file == null ? null : SafeText.of(file),
                frame.getLineNumber());
    }

    /** The trace is set from the original's. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
