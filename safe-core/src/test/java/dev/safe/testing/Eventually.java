package dev.safe.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for a condition, for a limited time. The system property {@code tests.patience}, in milliseconds, cuts it: most
 * mutants never make the condition true.
 */
public final class Eventually {

    private static final long LONGEST = Duration.ofMillis(Integer.getInteger("tests.patience", Integer.MAX_VALUE))
            .toNanos();

    private Eventually() {}

    /** Returns whether the condition came true in time. */
    public static boolean holds(Duration limit, BooleanSupplier condition) {
        long start = System.nanoTime();
        long patience = Math.min(limit.toNanos(), LONGEST);
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() - start < patience) {
            LockSupport.parkNanos(200_000);
            holds = condition.getAsBoolean();
        }
        return holds;
    }
}
