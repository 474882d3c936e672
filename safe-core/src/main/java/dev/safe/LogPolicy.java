package dev.safe;

import static dev.safe.InvalidPolicyException.check;

import java.time.Duration;
import java.util.Objects;

/**
 * How many panics of a boundary are reported in full. After {@code burst} reports within an {@code interval}, only the
 * first panic of a type that was not reported yet still gets through. The others are silenced, and one summary says how
 * many there were of each type. Overruns, and the errors that setup and teardown return, are throttled in the same way.
 * Counters are never throttled. Immutable.
 *
 * @param burst full reports per interval, at least 0
 * @param interval the length of an interval, more than zero
 * @param stackTrace which log records carry the stack trace
 * @since 0.1
 */
public record LogPolicy(int burst, Duration interval, StackTraceLogging stackTrace) {

    /** Five full reports a minute, with a stack trace for the first of each type. */
    public static final LogPolicy DEFAULT = new LogPolicy(5, Duration.ofMinutes(1), StackTraceLogging.ONCE);

    /**
     * Checks the settings.
     *
     * @throws InvalidPolicyException if one is out of range
     * @throws NullPointerException if an argument is null
     */
    public LogPolicy {
        Objects.requireNonNull(interval, "'interval' must not be null");
        Objects.requireNonNull(stackTrace, "'stackTrace' must not be null");
        check(burst >= 0, "burst", "must be at least 0", burst);
        check(interval.compareTo(Duration.ZERO) > 0, "interval", "must be more than 0", interval);
    }
}
