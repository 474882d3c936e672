package dev.safe.spring;

import java.util.concurrent.CountDownLatch;

/**
 * Keeps the JVM running until it is stopped. The loops of a supervisor are daemon threads, since one that hangs must not
 * keep the JVM from ending. Thread-safe.
 */
final class KeepAlive {

    private final CountDownLatch stopped = new CountDownLatch(1);

    /** Starts, once. Ends at once if it was stopped before. */
    void start() {
        Thread thread = new Thread(this::await, "safe-keep-alive");
        thread.setDaemon(false);
        thread.start();
    }

    private void await() {
        while (stopped.getCount() > 0) {
            try {
                stopped.await();
            } catch (InterruptedException unintended) {
                // Only a stop ends it.
            }
        }
    }

    void stop() {
        stopped.countDown();
    }
}
