package dev.safe.spring.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Raises a counter to a total, so that a count that arrives late or out of order is neither lost nor doubled. Thread-safe.
 * Holds the total that the counter has been raised to.
 */
final class RaisedCounter extends AtomicLong {

    private static final long serialVersionUID = 1;

    private final transient Counter counter;

    RaisedCounter(Counter counter) {
        this.counter = counter;
    }

    void raiseTo(long total) {
        long before = getAndAccumulate(total, Math::max);
        if (total > before) {
            counter.increment((double) (total - before));
        }
    }
}
