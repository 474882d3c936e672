package dev.safe;

import dev.safe.internal.watch.Watchdog;
import java.util.function.DoubleSupplier;

/**
 * What the boundaries of a guard share.
 *
 * @param classifier classifies throwables
 * @param reporter reports what happens
 * @param rethrown remembers what was counted and passed on
 * @param watchdog watches calls in flight
 * @param ticker the source of time
 * @param random the source of jitter, uniform in [0, 1)
 * @param timed whether calls are timed
 */
record BoundaryServices(
        Classifier classifier,
        Reporter reporter,
        Rethrown rethrown,
        Watchdog watchdog,
        ContainedTicker ticker,
        DoubleSupplier random,
        boolean timed) {

    /** Reads the time, or returns the newest reading if the ticker throws, so that a panic is still dealt with. */
    long now() {
        try {
            return ticker.read();
        } catch (StackOverflowError atTheEnd) {
            return ticker.newest;
        }
    }
}
