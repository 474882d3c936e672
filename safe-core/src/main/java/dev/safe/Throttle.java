package dev.safe;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@code burst} reports through per interval and counts the rest. An interval starts with the first report after the
 * last one ended. Thread-safe. What is silenced takes no lock and allocates nothing.
 */
final class Throttle {

    private volatile long intervalStart;

    /** Whether all reports of this interval have been let through. */
    private volatile boolean silent;

    private volatile @Nullable LongAdder silenced;
    private boolean started;
    private int used;

    /** Whether a report may be made now; counts it as silenced if not. Ask {@link #takeSilenced} first. */
    boolean permits(int burst, long intervalNanos, long now) {
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

    /** Counts reports that could not be made as silenced. They are of the interval that there is, if there is one. */
    synchronized void silence(long reports) {
        LongAdder count = silenced;
        if (count == null) {
            count = new LongAdder();
            silenced = count;
        }
        count.add(reports);
    }

    /** The burst may have become another. */
    synchronized void reconsider() {
        silent = false;
    }

    /** How many reports were silenced in an interval that has ended; zero from then on. */
    long takeSilenced(long intervalNanos, long now) {
        return now - intervalStart >= intervalNanos ? takeSilenced() : 0;
    }

    /** How many reports were silenced and not told yet, whether or not their interval has ended. */
    long takeSilenced() {
        LongAdder count = silenced;
        return count == null ? 0 : count.sumThenReset();
    }

    /** Returns whether reports were silenced in an interval that has ended. */
    boolean hasEnded(long intervalNanos, long now) {
        return now - intervalStart >= intervalNanos && hasSilenced();
    }

    boolean hasSilenced() {
        LongAdder count = silenced;
        return count != null && count.sum() > 0;
    }
}
