package dev.safe.internal.concurrent;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A few counters that grow on demand: a counter takes eight bytes until threads contend for it, and a {@link LongAdder}
 * from then on. Still counts when memory has run out. Thread-safe, exact.
 */
public final class Counters {

    private final AtomicLongArray counts;
    private volatile @Nullable AtomicReferenceArray<@Nullable LongAdder> contended;

    /**
     * Creates counters at zero.
     *
     * @param size the number of counters
     */
    public Counters(int size) {
        counts = new AtomicLongArray(size);
    }

    /**
     * Adds one.
     *
     * @param counter the index of the counter
     */
    public void increment(int counter) {
        long count = counts.get(counter);
        if (!counts.compareAndSet(counter, count, count + 1)) {
            incrementContended(counter);
        }
    }

    private void incrementContended(int counter) {
        LongAdder adder;
        try {
            adder = adder(counter);
        } catch (OutOfMemoryError none) {
            counts.incrementAndGet(counter);
            return;
        }
        adder.increment();
    }

    private LongAdder adder(int counter) {
        AtomicReferenceArray<@Nullable LongAdder> adders = contended();
        LongAdder adder = adders.get(counter);
        if (adder == null) {
            LongAdder created = new LongAdder();
            adder = adders.compareAndExchange(counter, null, created);
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
            adders = new AtomicReferenceArray<>(counts.length());
            contended = adders;
        }
        return adders;
    }

    /**
     * Adds several at once.
     *
     * @param counter the index of the counter
     * @param more the number to add
     */
    public void add(int counter, int more) {
        counts.addAndGet(counter, more);
    }

    /** Sets all counters to zero. What other threads count meanwhile may be lost. */
    public void reset() {
        contended = null;
        for (int i = 0; i < counts.length(); i++) {
            counts.set(i, 0);
        }
    }

    /**
     * Returns a count.
     *
     * @param counter the index of the counter
     * @return at least what was counted before this call; it may include what is counted meanwhile
     */
    public long sum(int counter) {
        AtomicReferenceArray<@Nullable LongAdder> adders = contended;
        LongAdder adder = adders == null ? null : adders.get(counter);
        return counts.get(counter) + (adder == null ? 0 : adder.sum());
    }
}
