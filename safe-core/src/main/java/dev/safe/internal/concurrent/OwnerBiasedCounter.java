package dev.safe.internal.concurrent;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what one thread does as fast as it can and others do now and then. The thread that makes the counter owns it, and
 * counts in a field that no other thread writes, at the cost of an addition; the others share a {@link LongAdder}. Now and
 * then it is a thread's turn to see to something that costs more than counting.
 *
 * <p>Thread-safe, exact. A machine that writes a long in two halves may once show one half of a count.
 */
public final class OwnerBiasedCounter extends PaddedCount {

    private static final int MOST_BETWEEN_TURNS = 256;
    private static final long OFTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SELDOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    // Keep what any thread reads off the cache line that one of them writes.
    @SuppressWarnings("unused")
    private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    private final LongAdder elsewhere = new LongAdder();

    /** One less than the number of counts from turn to turn, which is a power of two. */
    private int mask;

    private long lastTurn;

    /** Creates a counter that the current thread owns. */
    public OwnerBiasedCounter() {}

    /**
     * Adds one.
     *
     * @return whether it is this thread's turn
     */
    public boolean increment() {
        boolean owned = refersTo(Thread.currentThread());
        if (owned) {
            count++; // Read back below, not kept: an addition in memory takes less time than one through a register.
        } else {
            elsewhere.increment();
        }
        try {
            return ((owned
                                    ? (long) COUNT.getOpaque(this)
                                    : ThreadLocalRandom.current().nextInt())
                            & mask)
                    == 0;
        } catch (StackOverflowError counted) {
            return false;
        }
    }

    /**
     * Notes that a turn was taken. Keeps turns a few milliseconds apart, as long as that is no more often than every count
     * and no less often than every few hundred: reading the time costs more than many counts.
     *
     * @param now the time in nanoseconds
     */
    public void tookTurn(long now) {
        long since = now - lastTurn;
        int current = mask;
        lastTurn = now;
        if (since > SELDOM_NANOS) {
            mask = 0;
        } else if (since < OFTEN_NANOS && current < MOST_BETWEEN_TURNS - 1) {
            mask = 2 * current + 1;
        }
    }

    /**
     * Returns the count.
     *
     * @return what was counted before this call, and some of what is counted meanwhile
     */
    public long sum() {
        return (long) COUNT.getOpaque(this) + elsewhere.sum();
    }
}
