package dev.safe;

/** The times of the newest panics, as many as trip a boundary. Not thread-safe. */
final class PanicWindow {

    private final long[] times;
    private int next;
    private int size;

    PanicWindow(int capacity) {
        times = new long[capacity];
    }

    /** Adds a panic, and tells whether the window is now full of panics no older than {@code width}. */
    boolean add(long now, long width) {
        times[next] = now;
        next = (next + 1) % times.length;
        size = Math.min(size + 1, times.length);
        long oldest = times[size == times.length ? next : 0];
        return size == times.length && now - oldest <= width;
    }

    void clear() {
        next = 0;
        size = 0;
    }

    int capacity() {
        return times.length;
    }
}
