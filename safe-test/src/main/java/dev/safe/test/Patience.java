package dev.safe.test;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for something to become true.
 *
 * @param limit how long; zero to look once
 */
record Patience(Duration limit) {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    static final Patience NONE = new Patience(Duration.ZERO);

    private static final long NAP = Duration.ofMillis(1).toNanos();

    /** Cuts a limit of more than 292 years. */
    Patience {
        Objects.requireNonNull(limit, "'limit' must not be null");
        if (limit.isNegative()) {
            throw new IllegalArgumentException("'limit' must not be negative: " + limit);
        }
        limit = limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
    }

    /** Returns whether a condition became true in time. */
    boolean holds(BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() - start < limit.toNanos()) {
            LockSupport.parkNanos(NAP);
            holds = condition.getAsBoolean();
        }
        return holds;
    }
}
