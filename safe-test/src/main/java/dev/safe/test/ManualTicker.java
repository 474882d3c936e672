package dev.safe.test;

import dev.safe.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ticker that a test advances, so that backoffs, windows and budgets end without a wait. Its readings overflow within
 * minutes, as those of a real clock may at any time. Thread-safe.
 *
 * <p>The guard's watchdog looks at the ticker at least every 100 ms of real time. So what it finds, such as an overrun,
 * is not counted at once. Wait for it with {@link GuardAssert#within(Duration)}.
 *
 * @since 0.1
 */
public final class ManualTicker implements Ticker {

    private static final long BEFORE_OVERFLOW = Duration.ofMinutes(2).toNanos();

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - BEFORE_OVERFLOW);

    /** Creates a ticker that stands still. */
    public ManualTicker() {}

    @Override
    public long read() {
        return nanos.get();
    }

    /**
     * Advances the time.
     *
     * @param duration by how much
     * @throws IllegalArgumentException if it is negative
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("'duration' must not be negative, got " + duration);
        }
        nanos.addAndGet(duration.toNanos());
    }
}
