package dev.safe.internal.render;

import org.jspecify.annotations.Nullable;

/**
 * Asks a throwable about itself, although its methods may do anything. Leaves out what the throwable fails to answer.
 */
final class UntrustedThrowable {

    static final StackTraceElement[] NO_TRACE = {};
    private static final Throwable[] NONE = {};

    private UntrustedThrowable() {}

    static String type(Throwable thrown) {
        return SafeText.of(thrown.getClass().getName());
    }

    /** Returns the message, or describes why it could not be read. */
    static @Nullable String message(Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable hostile) {
            message = "(getMessage threw ".concat(type(hostile)).concat(")");
        }
        return message == null ? null : SafeText.of(message);
    }

    /** Returns type and message, as a well-behaved {@code toString} does. */
    static String description(Throwable thrown) {
        String message = message(thrown);
        return message == null
                ? type(thrown)
                : SafeText.of(type(thrown).concat(": ").concat(message));
    }

    /** Returns the trace as it is given: of any length, and perhaps with null elements. */
    static @Nullable StackTraceElement[] trace(Throwable thrown) {
        try {
            @Nullable StackTraceElement[] trace = thrown.getStackTrace();
            return trace == null ? NO_TRACE : trace;
        } catch (Throwable hostile) {
            return NO_TRACE;
        }
    }

    static @Nullable Throwable cause(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable hostile) {
            return null;
        }
    }

    static Throwable[] suppressed(Throwable thrown) {
        try {
            return thrown.getSuppressed();
        } catch (Throwable outOfMemory) {
            return NONE;
        }
    }
}
