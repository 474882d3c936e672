package dev.safe;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What a boundary has counted. Counts without memory, since what is counted may be that there is none; threads that get in
 * each other's way while they count go on apart. Thread-safe, exact.
 */
@SuppressWarnings("EnumOrdinal") // an array has no other index
final class Tallies {

    private static final int SIZE = Tally.values().length;

    private final AtomicLongArray counts = new AtomicLongArray(SIZE);
    private volatile @Nullable AtomicReferenceArray<@Nullable LongAdder> contended;

    void increment(Tally tally) {
        long count = counts.get(tally.ordinal());
        if (!counts.compareAndSet(tally.ordinal(), count, count + 1)) {
            incrementContended(tally);
        }
    }

    private void incrementContended(Tally tally) {
        LongAdder adder;
        try {
            adder = adder(tally);
        } catch (OutOfMemoryError none) {
            counts.incrementAndGet(tally.ordinal());
            return;
        }
        adder.increment();
    }

    private LongAdder adder(Tally tally) {
        AtomicReferenceArray<@Nullable LongAdder> adders = contended();
        LongAdder adder = adders.get(tally.ordinal());
        if (adder == null) {
            LongAdder created = new LongAdder();
            adder = adders.compareAndExchange(tally.ordinal(), null, created);
            adder = adder == null ? created : adder;
        }
        return adder;
    }

    private AtomicReferenceArray<@Nullable LongAdder> contended() {
        AtomicReferenceArray<@Nullable LongAdder> adders = contended;
        return adders != null ? adders : newContended();
    }

    private synchronized AtomicReferenceArray<@Nullable LongAdder> newContended() {
        AtomicReferenceArray<@Nullable LongAdder> adders = contended;
        if (adders == null) {
            adders = new AtomicReferenceArray<>(SIZE);
            contended = adders;
        }
        return adders;
    }

    /** Adds several at once. */
    void add(Tally tally, int more) {
        counts.addAndGet(tally.ordinal(), more);
    }

    /** Forgets everything. What is counted meanwhile may be forgotten too. */
    void reset() {
        contended = null;
        for (int i = 0; i < SIZE; i++) {
            counts.set(i, 0);
        }
    }

    long sum(Tally tally) {
        AtomicReferenceArray<@Nullable LongAdder> adders = contended;
        LongAdder adder = adders == null ? null : adders.get(tally.ordinal());
        return counts.get(tally.ordinal()) + (adder == null ? 0 : adder.sum());
    }
}
