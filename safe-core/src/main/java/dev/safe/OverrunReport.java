package dev.safe;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A call outlasted its budget and has not returned. Immutable.
 *
 * @param extension the extension's name
 * @param phase the entry point
 * @param at when it was noticed
 * @param limit the budget
 * @param thread the name of the thread that is stuck, safe to print
 * @param frames where it is stuck, the top frame first, at most 32
 * @param interrupted whether the thread was interrupted
 * @since 0.1
 */
public record OverrunReport(
        String extension,
        Phase phase,
        Instant at,
        Duration limit,
        String thread,
        List<String> frames,
        boolean interrupted) {

    /** Copies the frames. */
    public OverrunReport {
        frames = List.copyOf(frames);
    }
}
