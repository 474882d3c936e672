package dev.safe;

import static dev.safe.InvalidPolicyException.check;

import java.time.Duration;
import java.util.Objects;

/**
 * How many panics of a boundary are reported in full. After {@code burst} reports within an {@code interval} the rest of
 * it is silent; one summary then says how many were left out. Counters are never throttled. Immutable.
 *
 * @param burst full reports per interval, at least 0
 * @param interval the length of an interval, more than zero
 * @param stackTrace whether log records carry the throwable
 * @since 0.1
 */
public record LogPolicy(int burst, Duration interval, boolean stackTrace) {

    /** Five full reports a minute, with their stack traces. */
    public static final LogPolicy DEFAULT = new LogPolicy(5, Duration.ofMinutes(1), true);

    /**
     * Checks the settings.
     *
     * @throws InvalidPolicyException if one is out of range
     * @throws NullPointerException if {@code interval} is null
     */
    public LogPolicy {
        Objects.requireNonNull(interval, "'interval' must not be null");
        check(burst >= 0, "burst", "must be at least 0", burst);
        check(interval.compareTo(Duration.ZERO) > 0, "interval", "must be more than 0", interval);
    }
}
