package dev.safe.internal.time;

/**
 * Remembers the times of the newest events, in order to find out when there were too many within a while. Not
 * thread-safe.
 */
public final class SlidingWindow {

    private final long[] times;
    private int next;
    private int size;

    /**
     * Creates an empty window.
     *
     * @param capacity how many events fill the window; at least 1
     */
    public SlidingWindow(int capacity) {
        times = new long[capacity];
    }

    /**
     * Adds an event.
     *
     * @param now its time
     * @param width how long an event counts, in nanoseconds
     * @return whether the window is now full of events that count
     */
    public boolean add(long now, long width) {
        times[next] = now;
        next = (next + 1) % times.length;
        size = Math.min(size + 1, times.length);
        long oldest = times[size == times.length ? next : 0];
        return size == times.length && now - oldest <= width;
    }

    /** Forgets all events. */
    public void clear() {
        next = 0;
        size = 0;
    }

    /**
     * Returns how many events fill the window.
     *
     * @return the number that it was created with
     */
    public int capacity() {
        return times.length;
    }
}
