package dev.safe.internal.concurrent;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what one thread does in a tight loop and other threads do now and then. The thread that makes the counter owns
 * it, and counts in a field that no other thread writes, at the cost of an addition. The others share a
 * {@link LongAdder}. Every so many counts it is a thread's turn to do something that costs more than counting.
 *
 * <p>Thread-safe, exact. On a machine that writes a long in two halves, a reader may see one half of a count.
 */
public final class OwnerBiasedCounter extends PaddedCount {

    private static final int MOST_BETWEEN_TURNS = 256;
    private static final long OFTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SELDOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    // Keeps the fields that all threads read off the cache line that the owner writes.
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
            // Read back below, since an addition in memory is faster than one through a register.
            count++;
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
     * Notes that a turn was taken, and adapts the number of counts between turns, so that turns are a few milliseconds
     * apart: reading the time costs more than many counts. The number stays between one and a few hundred.
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
     * @return at least what was counted before this call; it may include what is counted meanwhile
     */
    public long sum() {
        return (long) COUNT.getOpaque(this) + elsewhere.sum();
    }
}
