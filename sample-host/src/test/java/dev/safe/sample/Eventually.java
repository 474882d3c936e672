package dev.safe.sample;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what an assertion says, for ten seconds at most. */
final class Eventually {

    private Eventually() {}

    static void eventually(ThrowingCallable assertion) throws Exception {
        long start = System.nanoTime();
        while (true) {
            try {
                assertion.call();
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() - start > Duration.ofSeconds(10).toNanos()) {
                    throw notYet;
                }
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            } catch (Exception thrown) {
                throw thrown;
            } catch (Throwable thrown) {
                throw new AssertionError(thrown);
            }
        }
    }
}
