package dev.safe;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A boundary entered or left quarantine. Immutable.
 *
 * @param extension the extension's name
 * @param phase the entry point
 * @param state the state it is in now
 * @param trips how often panics put it into quarantine since it was last released by hand
 * @param until when the backoff ends; null if there is no such time
 * @param reason why
 * @param declared whether its policy {@linkplain QuarantinePolicy#hold() holds} it, so that it cannot be released by hand
 * @since 0.1
 */
public record QuarantineReport(
        String extension,
        Phase phase,
        QuarantineState state,
        int trips,
        @Nullable Instant until,
        String reason,
        boolean declared) {}
