package dev.safe.spring;

import java.util.concurrent.CountDownLatch;

/**
 * Keeps the JVM running until it is stopped. The loops of a supervisor are daemon threads, since one that hangs must not
 * keep the JVM from ending. Thread-safe.
 */
final class KeepAlive {

    static final String THREAD = "safe-keep-alive";

    private final CountDownLatch stopped = new CountDownLatch(1);

    private KeepAlive() {}

    static KeepAlive start() {
        KeepAlive keepAlive = new KeepAlive();
        Thread thread = new Thread(keepAlive::await, THREAD);
        thread.setDaemon(false);
        thread.start();
        return keepAlive;
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
