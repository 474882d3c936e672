package dev.safe.sample.cell;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** Allows so many restarts in a window of time, as a supervisor does. Not thread-safe. */
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

    /** Whether there may be one more, which is then counted. */
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
