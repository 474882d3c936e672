package dev.safe.sample.fleet;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test class has started, to be closed in reverse order even if only part of it started. Not thread-safe. */
final class Started {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T one) {
        started.push(one);
        return one;
    }

    void close() throws Exception {
        AutoCloseable newest = started.poll();
        if (newest != null) {
            try {
                newest.close();
            } finally {
                close();
            }
        }
    }
}
