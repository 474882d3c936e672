package dev.safe.compat.pf4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, for a limited time. */
final class Eventually {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Eventually() {}

    static void assertThatEventually(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean holds = condition.getAsBoolean();
        while (!holds && System.nanoTime() - start < LIMIT.toNanos()) {
            LockSupport.parkNanos(1_000_000);
            holds = condition.getAsBoolean();
        }
        assertThat(holds).as(what).isTrue();
    }

    static void assertCollected(WeakReference<?> reference) {
        assertThatEventually("the class loader is collected", () -> {
            System.gc();
            return reference.get() == null;
        });
    }
}
