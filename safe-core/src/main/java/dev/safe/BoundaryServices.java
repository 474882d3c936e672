package dev.safe;

import dev.safe.internal.watch.Watchdog;
import java.util.function.DoubleSupplier;

/**
 * What the boundaries of a guard share.
 *
 * @param classifier tells what a throwable is
 * @param reporter reports what happens
 * @param rethrown knows what was counted and passed on
 * @param watchdog who looks after calls in flight
 * @param ticker the time
 * @param random the source of jitter, uniform in [0, 1)
 * @param timed whether calls are timed
 */
record BoundaryServices(
        Classifier classifier,
        Reporter reporter,
        Rethrown rethrown,
        Watchdog watchdog,
        Ticker ticker,
        DoubleSupplier random,
        boolean timed) {

    /** Reads the time. A ticker that throws is not to stand in the way of what is done about a panic. */
    long now() {
        try {
            return ticker.read();
        } catch (RuntimeException broken) {
            return 0;
        }
    }
}
