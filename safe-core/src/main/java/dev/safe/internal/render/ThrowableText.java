package dev.safe.internal.render;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Renders a throwable as strings that are safe to print and to keep. Immutable, and so safe for use by several threads.
 *
 * <p>Nothing here throws, whatever the throwable does when it is asked, and even if little stack or memory is left.
 * Each method of the throwable is called only once, so that the text that is reported is the text that was made safe. A
 * method that never returns is not contained.
 *
 * @param type the class name
 * @param message the message, or null if there is none
 * @param fingerprint 16 hexadecimal digits that are the same for throwables of one type thrown at one place
 * @param frames the extension's own frames, the top one first, at most 32 lines; of an endless recursion, one round and
 *     a line that counts the others
 * @param top the topmost of the frames that is not of the platform, or null if there are no frames
 */
public record ThrowableText(
        String type,
        @Nullable String message,
        String fingerprint,
        List<String> frames,
        @Nullable String top) {

    static final String NO_ROOM = "(no stack or memory left to render it)";

    /** Names the type of a throwable whose class could not even be asked for its name. */
    private static final String UNKNOWN = "java.lang.Throwable";

    private static final String NO_FINGERPRINT = "0000000000000000";
    private static final List<String> NO_FRAMES = List.of();

    /** Held by this class, since a catch block at the end of the stack reads it and can initialise no other class. */
    private static final StackTraceElement[] NOWHERE = {};

    private static final ThrowableText UNKNOWN_TEXT =
            new ThrowableText(UNKNOWN, NO_ROOM, NO_FINGERPRINT, NO_FRAMES, null);
    private static final String UNKNOWN_DESCRIPTION = UNKNOWN.concat(": ").concat(NO_ROOM);

    /**
     * Prepares to render where hardly any stack or memory is left: tries all that rendering needs, which initialises
     * it. A class that is first initialised at the end of the stack is broken for the life of the JVM.
     */
    public static void rehearse() {
        RenderingRehearsal.run();
    }

    /**
     * Renders what was thrown at a boundary. Only that boundary may call this, because the extension's own frames end
     * where the boundary was called.
     *
     * @param thrown any throwable
     * @return its text
     */
    public static ThrowableText of(Throwable thrown) {
        String type = UNKNOWN;
        try {
            type = UntrustedThrowable.type(thrown);
            ExtensionTrace trace = ExtensionTrace.of(UntrustedThrowable.trace(thrown), here());
            Frame top = trace.top();
            return new ThrowableText(
                    type,
                    UntrustedThrowable.message(thrown),
                    Fingerprint.of(type, top),
                    trace.text(),
                    top == null ? null : top.text());
        } catch (Throwable exhausted) {
            return withType(type);
        }
    }

    private static StackTraceElement[] here() {
        try {
            return new Throwable().getStackTrace();
        } catch (Throwable exhausted) {
            return NOWHERE;
        }
    }

    private static ThrowableText withType(String type) {
        try {
            return new ThrowableText(type, NO_ROOM, NO_FINGERPRINT, NO_FRAMES, null);
        } catch (Throwable exhausted) {
            return UNKNOWN_TEXT;
        }
    }

    /**
     * Returns the name of a throwable's class.
     *
     * @param thrown any throwable
     * @return its type, safe to print
     */
    public static String type(Throwable thrown) {
        return UntrustedThrowable.type(thrown);
    }

    /**
     * Returns the message of a throwable.
     *
     * @param thrown any throwable
     * @return its message, safe to print, or null if there is none
     */
    public static @Nullable String message(Throwable thrown) {
        return UntrustedThrowable.message(thrown);
    }

    /**
     * Describes a throwable in one line, as a well-behaved {@code toString} does.
     *
     * @param thrown any throwable
     * @return its type and, if it has one, its message; at most {@value SafeText#MAX_LENGTH} characters
     */
    public static String describe(Throwable thrown) {
        String type = UNKNOWN_DESCRIPTION;
        try {
            type = UntrustedThrowable.type(thrown);
            return UntrustedThrowable.description(thrown);
        } catch (Throwable exhausted) {
            return type;
        }
    }

    /**
     * Renders the extension's own part of a stack trace.
     *
     * @param trace a stack trace
     * @return its frames down to the guard's, the top one first, at most 32
     */
    public static List<String> frames(StackTraceElement[] trace) {
        try {
            return ExtensionTrace.of(trace).text();
        } catch (Throwable exhausted) {
            return NO_FRAMES;
        }
    }

    /**
     * Returns something harmless to print in place of a throwable.
     *
     * @param thrown any throwable
     * @return the same instance if printing it is harmless, else a {@link SafeCopy}
     */
    public static Throwable printable(Throwable thrown) {
        try {
            return Printability.isSafe(thrown) ? thrown : SafeCopy.of(thrown);
        } catch (Throwable exhausted) {
            return SafeCopy.NO_ROOM;
        }
    }
}
