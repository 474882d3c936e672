package dev.safe.internal.render;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * A throwable in strings that are safe to print and to keep. Making one never throws, whatever the throwable does when it is
 * asked; it takes as long as the throwable's own methods do.
 *
 * @param type the class name
 * @param message the message, or null if there is none
 * @param fingerprint 16 hexadecimal digits that are the same for throwables of one type thrown at one place
 * @param frames the extension's own frames, the top one first, at most 32
 */
public record ThrowableText(String type, @Nullable String message, String fingerprint, List<String> frames) {

    /**
     * Renders a throwable.
     *
     * @param thrown any throwable
     * @return its text
     */
    public static ThrowableText of(Throwable thrown) {
        String type = type(thrown);
        String message = message(thrown);
        StackTraceElement[] trace = ask(thrown::getStackTrace, null);
        List<String> frames = ask(() -> Frames.own(trace), List.<String>of());
        String fingerprint = ask(() -> fingerprint(type + "@" + Frames.place(trace)), "");
        return new ThrowableText(
                type, message, fingerprint == null ? "" : fingerprint, frames == null ? List.of() : frames);
    }

    /**
     * A throwable in one line, as a well-behaved one's {@code toString} gives it.
     *
     * @param thrown any throwable
     * @return its type and, if it has one, its message; at most {@value SafeText#MAX_LENGTH} characters
     */
    public static String describe(Throwable thrown) {
        String message = message(thrown);
        return message == null ? type(thrown) : SafeText.of(type(thrown) + ": " + message);
    }

    /**
     * The extension's own part of a stack trace.
     *
     * @param trace a stack trace
     * @return its frames down to the guard's, the top one first, at most 32
     */
    public static List<String> frames(StackTraceElement[] trace) {
        return Frames.own(trace);
    }

    /**
     * Something to print in place of a throwable.
     *
     * @param thrown any throwable
     * @return the same instance if printing it is harmless, else a {@link StandIn}
     */
    public static Throwable printable(Throwable thrown) {
        Boolean safe = ask(() -> Printability.isSafe(thrown), false);
        return safe != null && safe ? thrown : StandIn.of(thrown);
    }

    static String type(Throwable thrown) {
        return SafeText.of(thrown.getClass().getName());
    }

    static @Nullable String message(Throwable thrown) {
        try {
            String message = thrown.getMessage();
            return message == null ? null : SafeText.of(message);
        } catch (Throwable hostile) {
            return "(its getMessage threw " + hostile.getClass().getName() + ")";
        }
    }

    /** Asks a throwable something it may not survive. */
    static <T> @Nullable T ask(Supplier<@Nullable T> question, @Nullable T otherwise) {
        try {
            return question.get();
        } catch (Throwable hostile) {
            return otherwise;
        }
    }

    /** Two independent checksums: this is to tell panics apart, not to resist anybody. */
    private static String fingerprint(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Checksum high = new CRC32();
        Checksum low = new CRC32C();
        high.update(bytes, 0, bytes.length);
        low.update(bytes, 0, bytes.length);
        return "%08x%08x".formatted(high.getValue(), low.getValue());
    }
}
