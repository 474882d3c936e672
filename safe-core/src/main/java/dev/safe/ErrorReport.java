package dev.safe;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An error that setup or teardown returned, in strings that are safe to print. Immutable.
 *
 * @param extension the extension's name
 * @param phase setup or teardown
 * @param at when it happened
 * @param type the class name of what was thrown
 * @param message its message, or null if it has none; at most 1,024 characters, no control characters
 * @since 0.1
 */
public record ErrorReport(
        String extension,
        Phase phase,
        Instant at,
        String type,
        @Nullable String message) {

    /**
     * Describes what was thrown, in one line.
     *
     * @return the type, and the message if there is one
     */
    public String error() {
        return message == null ? type : type + ": " + message;
    }
}
