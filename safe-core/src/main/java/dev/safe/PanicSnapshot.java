package dev.safe;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Panics of one kind: of the same type, thrown at the same place. Strings only, safe to print, and immutable.
 *
 * @param at when it was last reported
 * @param type the class name of what was thrown
 * @param message its message, or null if it has none
 * @param fingerprint identifies the kind: a hash of the type and of the extension's top frame
 * @param count how often it was reported; panics that the log policy silenced are not included
 * @param frames the extension's own stack frames, the top one first, at most 32
 * @since 0.1
 */
public record PanicSnapshot(
        Instant at, String type, @Nullable String message, String fingerprint, long count, List<String> frames) {

    /** Copies the frames. */
    public PanicSnapshot {
        frames = List.copyOf(frames);
    }
}
