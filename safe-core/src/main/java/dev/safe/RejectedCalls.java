package dev.safe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls that are not made. A step loop polls an extension in quarantine as fast as it can, so the first thread to
 * come counts in a field that no other thread writes, at the cost of an addition; the others share a {@link LongAdder}.
 * Thread-safe, exact; a machine that writes a long in two halves may for once show one half of it.
 */
final class RejectedCalls extends HomeCount {

    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(HomeCount.class, "count", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int MOST_BETWEEN_TURNS = 256;
    private static final long OFTEN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SELDOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    // Keep what any thread reads off the cache line that one of them writes.
    @SuppressWarnings("unused")
    private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    private final LongAdder elsewhere = new LongAdder();

    /** One less than how many calls there are from turn to turn, which is a power of two. */
    private int mask;

    private long lastTurn;

    /** Counts one. Returns whether it is its turn to look whether all is still as it was. */
    boolean increment() {
        boolean home = refersTo(Thread.currentThread());
        if (home) {
            count++; // Read back below, not kept: an addition in memory is sooner done than one that goes through a
            // register.
        } else {
            elsewhere.increment();
        }
        try {
            return ((home
                                    ? (long) COUNT.getOpaque(this)
                                    : ThreadLocalRandom.current().nextInt())
                            & mask)
                    == 0;
        } catch (StackOverflowError counted) {
            return false;
        }
    }

    /**
     * Has turns come about every few milliseconds, though no more often than calls and not less than every few hundred:
     * reading the time costs more than many of them.
     */
    void tookTurn(long now) {
        long since = now - lastTurn;
        int current = mask;
        lastTurn = now;
        if (since > SELDOM_NANOS) {
            mask = 0;
        } else if (since < OFTEN_NANOS && current < MOST_BETWEEN_TURNS - 1) {
            mask = 2 * current + 1;
        }
    }

    long sum() {
        return (long) COUNT.getOpaque(this) + elsewhere.sum();
    }
}
