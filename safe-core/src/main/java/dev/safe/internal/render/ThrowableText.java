package dev.safe.internal.render;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A throwable in strings that are safe to print and to keep. Nothing here throws, whatever the throwable does when it is
 * asked, and even if little stack or memory is left; it takes as long as the throwable's own methods do.
 *
 * @param type the class name
 * @param message the message, or null if there is none
 * @param fingerprint 16 hexadecimal digits that are the same for throwables of one type thrown at one place
 * @param frames the extension's own frames, the top one first, at most 32
 */
public record ThrowableText(String type, @Nullable String message, String fingerprint, List<String> frames) {

    private static final String UNRENDERABLE = "java.lang.Throwable: (out of stack or memory when rendering it)";
    private static final ThrowableText UNRENDERABLE_TEXT = new ThrowableText(
            "java.lang.Throwable", "(out of stack or memory when rendering it)", "0000000000000000", List.of());

    /**
     * Renders a throwable.
     *
     * @param thrown any throwable
     * @return its text
     */
    public static ThrowableText of(Throwable thrown) {
        try {
            String type = Untrusted.type(thrown);
            ExtensionTrace trace = ExtensionTrace.of(Untrusted.trace(thrown));
            String fingerprint = Fingerprint.of(type, trace.top());
            return new ThrowableText(type, Untrusted.message(thrown), fingerprint, trace.text());
        } catch (Throwable exhausted) {
            return UNRENDERABLE_TEXT;
        }
    }

    /**
     * A throwable in one line, as a well-behaved one's {@code toString} gives it.
     *
     * @param thrown any throwable
     * @return its type and, if it has one, its message; at most {@value SafeText#MAX_LENGTH} characters
     */
    public static String describe(Throwable thrown) {
        try {
            return Untrusted.description(thrown);
        } catch (Throwable exhausted) {
            return UNRENDERABLE;
        }
    }

    /**
     * The extension's own part of a stack trace.
     *
     * @param trace a stack trace
     * @return its frames down to the guard's, the top one first, at most 32
     */
    public static List<String> frames(StackTraceElement[] trace) {
        try {
            return ExtensionTrace.of(trace).text();
        } catch (Throwable exhausted) {
            return List.of();
        }
    }

    /**
     * Something to print in place of a throwable.
     *
     * @param thrown any throwable
     * @return the same instance if printing it is harmless, else a {@link StandIn}
     */
    public static Throwable printable(Throwable thrown) {
        try {
            return Printability.isSafe(thrown) ? thrown : StandIn.of(thrown);
        } catch (Throwable exhausted) {
            return thrown; // Where there is no room for a stand-in, there is none to print anything either.
        }
    }
}
