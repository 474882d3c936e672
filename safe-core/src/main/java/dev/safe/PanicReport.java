package dev.safe;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A panic, in strings that are safe to print and keep nothing of the extension alive. Immutable.
 *
 * @param extension the extension's name
 * @param phase the entry point
 * @param at when it happened
 * @param type the class name of what was thrown
 * @param message its message, or null if it has none; at most 1,024 characters, no control characters
 * @param fingerprint identifies panics of this kind: a hash of the type and of the extension's top frame
 * @param frames the extension's own stack frames, the top one first, at most 32
 * @param location the topmost of them that is not of the platform, or null if there are none
 * @param function the host function's name, or null if no host function panicked
 * @param id the event's id, or null unless the phase is finalize
 * @param action what was done about it
 * @param first whether it is the first of its type in this interval of the log
 * @since 0.1
 */
public record PanicReport(
        String extension,
        Phase phase,
        Instant at,
        String type,
        @Nullable String message,
        String fingerprint,
        List<String> frames,
        @Nullable String location,
        @Nullable String function,
        @Nullable Long id,
        PanicAction action,
        boolean first) {

    /** Copies the frames. */
    public PanicReport {
        frames = List.copyOf(frames);
    }

    /**
     * Describes what was thrown, in one line.
     *
     * @return the type, and the message if there is one
     */
    public String panic() {
        return message == null ? type : type + ": " + message;
    }
}
