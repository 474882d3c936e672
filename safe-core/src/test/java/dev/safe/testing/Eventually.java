package dev.safe.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, for a limited time. */
public final class Eventually {

    private Eventually() {}

    /** Returns whether the condition came true in time. */
    public static boolean holds(Duration limit, BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() - start < limit.toNanos()) {
            LockSupport.parkNanos(200_000);
            holds = condition.getAsBoolean();
        }
        return holds;
    }
}
