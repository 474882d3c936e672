package dev.safe;

import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;

/**
 * What the boundaries of a guard share.
 *
 * @param classifier tells what a throwable is
 * @param policies the policy in force, by extension and phase
 * @param listeners who is told what happens
 * @param watchdog who looks after calls in flight
 * @param ticker the time
 * @param random the source of jitter, uniform in [0, 1)
 * @param timed whether calls are timed
 */
record BoundaryServices(
        Classifier classifier,
        BiFunction<String, Phase, PhasePolicy> policies,
        Listeners listeners,
        Watchdog watchdog,
        Ticker ticker,
        DoubleSupplier random,
        boolean timed) {}
