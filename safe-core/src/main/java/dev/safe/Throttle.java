package dev.safe;

/**
 * Lets {@code burst} reports through per interval and counts the rest. An interval starts with the first report after the
 * last one ended. Thread-safe; allocates nothing.
 */
final class Throttle {

    private boolean started;
    private long intervalStart;
    private int used;
    private long silenced;

    /** Whether a report may be made now; counts it as silenced if not. Ask {@link #takeSilenced} first. */
    synchronized boolean permits(LogPolicy policy, long intervalNanos, long now) {
        if (!started || now - intervalStart >= intervalNanos) {
            started = true;
            intervalStart = now;
            used = 0;
        }
        if (used < policy.burst()) {
            used++;
            return true;
        }
        silenced++;
        return false;
    }

    /** How many reports were silenced in an interval that has ended; zero from then on. */
    synchronized long takeSilenced(long intervalNanos, long now) {
        return silenced > 0 && now - intervalStart >= intervalNanos ? takeSilenced() : 0;
    }

    /** How many reports were silenced and not told yet, whether or not their interval has ended. */
    synchronized long takeSilenced() {
        long taken = silenced;
        silenced = 0;
        return taken;
    }

    synchronized boolean hasSilenced() {
        return silenced > 0;
    }
}
