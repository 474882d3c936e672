package dev.safe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls that are not made. A step loop polls an extension in quarantine as fast as it can, so the first thread to
 * come counts in a field that no other thread writes, at the cost of an addition; the others share a {@link LongAdder}.
 * Thread-safe, exact.
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

    private static final int TURN = 63;

    // Keep what any thread reads off the cache line that one of them writes.
    @SuppressWarnings("unused")
    private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    private final LongAdder elsewhere = new LongAdder();

    /** Counts one, and tells whether it is its turn to look whether all is still as it was: one in a few dozen. */
    boolean increment() {
        if (refersTo(Thread.currentThread())) {
            long next = count + 1;
            COUNT.setOpaque(this, next);
            return (next & TURN) == 0;
        }
        elsewhere.increment();
        return (ThreadLocalRandom.current().nextInt() & TURN) == 0;
    }

    long sum() {
        return (long) COUNT.getOpaque(this) + elsewhere.sum();
    }
}
