package dev.safe.test;

import java.util.concurrent.atomic.LongAdder;

/** What all plugins of the soak count together. Public, since their classes are of other loaders. */
public final class SoakCounts {

    public final LongAdder polled = new LongAdder();
    public final LongAdder finalized = new LongAdder();
    public final LongAdder notOpen = new LongAdder();

    @Override
    public String toString() {
        return "%d polled, %d finalized, %d finalized again".formatted(polled.sum(), finalized.sum(), notOpen.sum());
    }
}
