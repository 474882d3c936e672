package dev.safe.spring.metrics;

import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Raises a counter to a total, so that a count that arrives late or out of order is neither lost nor doubled, and one that
 * arrives before the counter is registered is made up for. Thread-safe. Holds the total that the counter has been raised
 * to.
 */
final class RaisedCounter extends AtomicLong {

    private static final long serialVersionUID = 1;

    private final transient PendingMeter<Counter> counter;

    RaisedCounter(PendingMeter<Counter> counter) {
        this.counter = counter;
    }

    void raiseTo(long total) {
        List<Counter> registered = counter.meters();
        if (registered.isEmpty()) {
            return;
        }
        long before = getAndAccumulate(total, Math::max);
        if (total > before) {
            for (int i = 0; i < registered.size(); i++) { // An iterator would be an object for each panic.
                registered.get(i).increment((double) (total - before));
            }
        }
    }
}
