package dev.safe;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The quarantine of one boundary at one moment. Immutable.
 *
 * @param state whether calls go through
 * @param trips how often panics put it into quarantine since it was last released by hand
 * @param until when the backoff ends; null if clear, disabled, imposed by hand or declared
 * @param reason why it is in quarantine; null if clear
 * @param declared whether its policy {@linkplain QuarantinePolicy#hold() holds} it there, so that no release ends it
 * @since 0.1
 */
public record QuarantineSnapshot(
        QuarantineState state,
        int trips,
        @Nullable Instant until,
        @Nullable String reason,
        boolean declared) {

    static final QuarantineSnapshot CLEAR = new QuarantineSnapshot(QuarantineState.CLEAR, 0, null, null, false);
}
