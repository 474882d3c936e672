package dev.safe.supervisor;

import dev.safe.internal.time.Nanos;
import dev.safe.internal.time.SlidingWindow;

/** Decides when one extension is restarted next, if at all. Not thread-safe. */
final class RestartSchedule {

    /** Returned if there were too many restarts. */
    static final long NEVER = -1;

    private final RestartPolicy policy;
    private final SlidingWindow restarts;

    private long lastBackoff;
    private long upSince;
    private boolean up;

    RestartSchedule(RestartPolicy policy) {
        this.policy = policy;
        this.restarts = new SlidingWindow(policy.maxRestarts() + 1);
    }

    /** Adds a restart. Returns how long it has to wait, in nanoseconds, or {@link #NEVER}. */
    long next(long now) {
        if (!policy.enabled() || restarts.add(now, Nanos.of(policy.within()))) {
            return NEVER;
        }
        boolean fresh = lastBackoff == 0 || (up && now - upSince >= lastBackoff);
        lastBackoff = fresh
                ? Nanos.of(policy.initialBackoff())
                : Math.min(Nanos.times(lastBackoff, policy.multiplier()), Nanos.of(policy.maxBackoff()));
        up = false;
        return lastBackoff;
    }

    /** Notes that the extension is set up. */
    void up(long now) {
        up = true;
        upSince = now;
    }

    /** Forgets all restarts, since an operator has restarted the extension. */
    void reset() {
        restarts.clear();
        lastBackoff = 0;
        up = false;
    }
}
