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

    /** Whether it was up for as long as the last backoff, so that the next one is the initial one again. */
    private boolean proven;

    RestartSchedule(RestartPolicy policy) {
        this.policy = policy;
        this.restarts = new SlidingWindow(policy.maxRestarts() + 1);
    }

    /** Adds a restart. Returns how long it has to wait, in nanoseconds, or {@link #NEVER}. */
    long next(long now) {
        if (!policy.enabled() || restarts.add(now, Nanos.of(policy.within()))) {
            return NEVER;
        }
        down(now);
        lastBackoff = lastBackoff == 0 || proven
                ? Nanos.of(policy.initialBackoff())
                : Math.min(Nanos.times(lastBackoff, policy.multiplier()), Nanos.of(policy.maxBackoff()));
        proven = false;
        return lastBackoff;
    }

    /** Notes that the extension is set up, or has recovered. */
    void up(long now) {
        up = true;
        upSince = now;
    }

    /** Notes that the extension does not work: the time that it spends in quarantine does not prove it. */
    void down(long now) {
        proven = proven || (up && now - upSince >= lastBackoff);
        up = false;
    }

    /** Forgets all restarts, since an operator has restarted the extension. */
    void reset() {
        restarts.clear();
        lastBackoff = 0;
        proven = false;
        up = false;
    }
}
