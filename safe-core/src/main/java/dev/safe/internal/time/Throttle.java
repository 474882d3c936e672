package dev.safe.internal.time;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lets a burst of reports through per interval and counts the rest as silenced. An interval starts with the first report
 * after the last interval ended. Thread-safe. A silenced report takes no lock and allocates nothing.
 */
public final class Throttle {

    private volatile long intervalStart;

    /** Whether all reports of this interval have been let through. */
    private volatile boolean silent;

    private volatile @Nullable LongAdder silenced;
    private boolean started;
    private int used;

    /** Creates a throttle that has seen no report. */
    public Throttle() {}

    /**
     * Decides about a report, and counts it as silenced if it may not be made. Call {@link #takeSilenced(long, long)} first:
     * a report may begin an interval.
     *
     * @param burst how many reports an interval has
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return whether the report may be made
     */
    public boolean permits(int burst, long intervalNanos, long now) {
        LongAdder count = silenced;
        if (silent && count != null && now - intervalStart < intervalNanos) {
            count.increment();
            return false;
        }
        return decide(burst, intervalNanos, now);
    }

    private synchronized boolean decide(int burst, long intervalNanos, long now) {
        if (!started || now - intervalStart >= intervalNanos) {
            started = true;
            silent = false;
            intervalStart = now;
            used = 0;
        }
        if (used < burst) {
            used++;
            return true;
        }
        silence(1);
        silent = true;
        return false;
    }

    /**
     * Counts reports as silenced that could not be made. They belong to the present interval, if there is one.
     *
     * @param reports how many
     */
    public synchronized void silence(long reports) {
        LongAdder count = silenced;
        if (count == null) {
            count = new LongAdder();
            silenced = count;
        }
        count.add(reports);
    }

    /** Decides anew about the present interval, since the burst may have changed. */
    public synchronized void reconsider() {
        silent = false;
    }

    /**
     * Takes the silenced reports of an interval that has ended.
     *
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return how many there are; zero if the interval goes on
     */
    public long takeSilenced(long intervalNanos, long now) {
        return now - intervalStart >= intervalNanos ? takeSilenced() : 0;
    }

    /**
     * Takes the silenced reports, whether or not their interval has ended.
     *
     * @return how many there are
     */
    public long takeSilenced() {
        LongAdder count = silenced;
        return count == null ? 0 : count.sumThenReset();
    }

    /**
     * Returns whether reports were silenced in an interval that has ended.
     *
     * @param intervalNanos the length of an interval
     * @param now the time
     * @return whether there is something to take
     */
    public boolean hasEnded(long intervalNanos, long now) {
        return now - intervalStart >= intervalNanos && hasSilenced();
    }

    /**
     * Returns whether reports were silenced.
     *
     * @return whether there is something to take, now or later
     */
    public boolean hasSilenced() {
        LongAdder count = silenced;
        return count != null && count.sum() > 0;
    }
}
