package dev.safe;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a boundary has counted. Threads that count the same thing at once do not wait for each other. Thread-safe, exact. */
@SuppressWarnings("EnumOrdinal") // an array has no other index
final class Tallies {

    /** Each made with what is first counted by it: most extensions never panic. */
    private final AtomicReferenceArray<@Nullable LongAdder> counts = new AtomicReferenceArray<>(Tally.values().length);

    void increment(Tally tally) {
        LongAdder count = counts.get(tally.ordinal());
        (count == null ? newCount(tally) : count).increment();
    }

    private LongAdder newCount(Tally tally) {
        LongAdder created = new LongAdder();
        LongAdder present = counts.compareAndExchange(tally.ordinal(), null, created);
        return present == null ? created : present;
    }

    long sum(Tally tally) {
        LongAdder count = counts.get(tally.ordinal());
        return count == null ? 0 : count.sum();
    }
}
