package dev.safe;

import dev.safe.internal.time.Nanos;
import dev.safe.internal.watch.ThreadCalls;
import dev.safe.internal.watch.Watchdog;
import dev.safe.internal.watch.Watched;
import dev.safe.internal.watch.WatchedCall;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Watches the calls across a boundary: begins and ends them, times them, and knows how many are over their budget. Only
 * a boundary that has a budget or timers, or has sent out a probe, has one. Thread-safe.
 */
final class CallWatch implements Watched {

    /** The kind under which overruns are throttled. They are all of one kind. */
    private static final String KIND = "overrun";

    private final Admission boundary;
    private final boolean timed;
    private final WeakReference<Watched> self = new WeakReference<>(this);
    private final AtomicInteger stuck = new AtomicInteger();
    private final ThrottledReports reports;
    private volatile long limitNanos;

    /** The calls of the first thread that was watched here, which is quicker than a look-up by thread. */
    private @Nullable ThreadCalls home;

    CallWatch(Admission boundary) {
        this.boundary = boundary;
        this.reports = new ThrottledReports(boundary, Tally.OVERRUNS);
        this.timed = boundary.services.timed();
    }

    /** Puts a policy in force. Calls that have begun are judged by the new limit. */
    void apply(BudgetPolicy budget) {
        limitNanos = Nanos.of(budget.limit());
        reports.reconsider();
        if (budget.isLimited()) {
            boundary.watchdog().watch(limitNanos);
        }
    }

    /**
     * Begins a call. Returns null if this thread is already in a call across the same boundary: the outer call is
     * watched and timed for both. A probe is always watched by itself.
     */
    @Nullable WatchedCall begin(int seen, long probe) {
        ThreadCalls calls = calls();
        WatchedCall call = calls.free(probe == Quarantine.NO_PROBE ? self : null);
        if (call != null) {
            if ((seen & Gate.STAMPED) != 0) {
                call.begin(self, probe, boundary.services.ticker().readOr(WatchedCall.UNKNOWN));
            } else {
                call.begin(self, probe);
            }
            if (limitNanos > 0) {
                try {
                    calls.listWith(boundary.watchdog());
                } catch (Throwable ours) {
                    // The call has begun, and only the caller can end it, so it must be returned.
                }
            }
        }
        return call;
    }

    private ThreadCalls calls() {
        ThreadCalls known = home;
        return known != null && known.refersTo(Thread.currentThread()) ? known : callsElsewhere(known);
    }

    private ThreadCalls callsElsewhere(@Nullable ThreadCalls known) {
        ThreadCalls calls = ThreadCalls.current();
        if (known == null || known.refersTo(null)) {
            home = calls;
        }
        return calls;
    }

    /** Ends a call and its timer. What we do afterwards does not count as the extension's time. */
    WatchedCall.End end(WatchedCall call) {
        WatchedCall.End end = call.end();
        if (end != WatchedCall.End.IN_TIME) {
            overrunEnded();
        }
        if (timed && call.start() != WatchedCall.UNKNOWN) {
            try {
                boundary.reporter.timed(boundary.extension, boundary.phase, boundary.services.now() - call.start());
            } catch (Throwable ours) {
                Listeners.complain("could not time a call", ours);
            }
        }
        return end;
    }

    /** Returns how many calls are over their budget now. */
    int stuck() {
        return Math.max(0, stuck.get());
    }

    @Override
    public Watchdog watchdog() {
        return boundary.watchdog();
    }

    @Override
    public long limitNanos() {
        return limitNanos;
    }

    @Override
    public boolean isStamped() {
        return (boundary.gate & Gate.STAMPED) != 0;
    }

    @Override
    public boolean interruptsOverruns() {
        return boundary.policy.budget().onOverrun() == OnOverrun.INTERRUPT;
    }

    @Override
    public void overran(long probe, Thread caller) {
        stuck.incrementAndGet();
        boundary.count(Tally.OVERRUNS);
        boundary.suspectOverrun(probe, caller);
    }

    @Override
    public void overrunEnded() {
        stuck.decrementAndGet();
    }

    @Override
    public void reportOverrun(Thread thread, StackTraceElement[] trace) {
        boundary.announce(Tally.OVERRUNS);
        boolean logged = reports.admit(KIND);
        boundary.reporter.overran(boundary.extension, boundary.phase, boundary.policy.budget(), thread, trace, logged);
    }

    @Override
    public void overrunUnreported() {
        reports.silence();
    }

    /** Returns which overruns are reported, and which are summed up. */
    ThrottledReports reports() {
        return reports;
    }
}
