package dev.safe;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * How long an extension may take to tear down. Immutable.
 *
 * @param deadline when the host stops waiting
 * @since 0.1
 */
public record TeardownContext(Instant deadline) {

    /**
     * Checks the deadline.
     *
     * @throws NullPointerException if {@code deadline} is null
     */
    public TeardownContext {
        Objects.requireNonNull(deadline, "'deadline' must not be null");
    }

    /**
     * Returns the time left until the deadline.
     *
     * @return the time left, zero once the deadline has passed, never negative
     */
    public Duration remaining() {
        Duration remaining = Duration.between(Instant.now(), deadline);
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }
}
