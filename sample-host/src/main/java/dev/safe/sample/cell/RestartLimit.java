package dev.safe.sample.cell;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Limits the number of restarts in a period, as a supervisor does. Not thread-safe. */
final class RestartLimit {

    private final int most;
    private final long window;
    private final LongSupplier ticker;
    private final Deque<Long> restarts = new ArrayDeque<>();

    RestartLimit(int most, Duration window, LongSupplier ticker) {
        this.most = most;
        this.window = window.toNanos();
        this.ticker = ticker;
    }

    /** Returns whether one more restart is allowed, and counts it if so. */
    boolean allowsOneMore() {
        long now = ticker.getAsLong();
        while (!restarts.isEmpty() && now - restarts.getFirst() > window) {
            restarts.removeFirst();
        }
        if (restarts.size() >= most) {
            return false;
        }
        restarts.addLast(now);
        return true;
    }
}
