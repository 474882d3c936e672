package dev.safe;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The quarantine of one boundary at one moment. Immutable.
 *
 * @param state whether calls go through
 * @param trips how often panics put it into quarantine since it was last released by hand
 * @param until when the backoff ends; null if clear, disabled or imposed by hand
 * @param reason why it is in quarantine; null if clear
 * @since 0.1
 */
public record QuarantineSnapshot(
        QuarantineState state,
        int trips,
        @Nullable Instant until,
        @Nullable String reason) {

    static final QuarantineSnapshot CLEAR = new QuarantineSnapshot(QuarantineState.CLEAR, 0, null, null);
}
