package dev.safe;

import dev.safe.internal.time.Nanos;
import dev.safe.internal.time.Throttle;
import dev.safe.internal.watch.ThreadCalls;
import dev.safe.internal.watch.Watched;
import dev.safe.internal.watch.WatchedCall;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Watches the calls across a boundary: begins and ends them, times them, and knows how many are over their budget. A
 * boundary has one only if it has a budget, timers, or had a probe. Thread-safe.
 */
final class CallWatch implements Watched {

    /** What overruns are throttled as: they are all of one kind. */
    private static final String KIND = "overrun";

    private final Admission boundary;
    private final WeakReference<Watched> self = new WeakReference<>(this);
    private final AtomicInteger stuck = new AtomicInteger();
    private final Throttle throttle = new Throttle();
    private volatile long limitNanos;

    /** The calls of the first thread that was watched here: quicker to find than among all threads. */
    private @Nullable ThreadCalls home;

    CallWatch(Admission boundary) {
        this.boundary = boundary;
    }

    void apply(BudgetPolicy budget) {
        limitNanos = Nanos.of(budget.limit());
        if (budget.isLimited()) {
            boundary.watchdog().watch(limitNanos);
        }
    }

    /**
     * Begins a call. Returns null if it is within another of the same boundary and thread, which it is watched and timed
     * with, and is not a probe itself.
     */
    @Nullable WatchedCall begin(int seen, long probe) {
        WatchedCall call = calls().free(probe == Quarantine.NO_PROBE ? self : null);
        if (call != null) {
            if ((seen & Gate.STAMPED) != 0) {
                call.begin(self, probe, boundary.services.ticker().readOr(WatchedCall.UNKNOWN));
            } else {
                call.begin(self, probe);
            }
            if (limitNanos > 0) {
                try {
                    call.listWith(boundary.watchdog());
                } catch (Throwable ours) {
                    // The call has begun, so the caller must get it: nothing else ends it.
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

    /** Ends a call, and its timer: what we do from here on is not the extension's time. */
    WatchedCall.End end(WatchedCall call) {
        WatchedCall.End end = call.end();
        if (end != WatchedCall.End.IN_TIME) {
            overrunEnded();
        }
        if (boundary.services.timed() && call.start() != WatchedCall.UNKNOWN) {
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
        long now = boundary.services.now();
        long interval = boundary.silenceNanos();
        reportSilenced(interval, now);
        PhasePolicy policy = boundary.policy;
        boolean logged = throttle.decide(KIND, policy.log().burst(), interval, now) != Throttle.Decision.SILENT;
        if (!logged) {
            boundary.requestVisit();
        }
        boundary.reporter.overran(boundary.extension, boundary.phase, policy.budget(), thread, trace, logged);
    }

    @Override
    public void overrunUnreported() {
        throttle.silence(1);
        boundary.requestVisit();
    }

    /** Forgets which overruns were reported. */
    void reset() {
        throttle.reset();
    }

    /** Reports overruns silenced so far. */
    void reportSilenced() {
        Duration time = throttle.timeSilenced(boundary.silenceNanos(), boundary.services.now());
        reportSilenced(throttle.takeSilenced(), time);
    }

    /** Reports overruns silenced in an interval that has ended. */
    private void reportSilenced(long interval, long now) {
        reportSilenced(
                throttle.takeSilenced(interval, now), boundary.policy.log().interval());
    }

    private void reportSilenced(Map<String, Long> silenced, Duration time) {
        boundary.reporter.silencedOverruns(boundary.extension, boundary.phase, silenced, time);
    }

    /** Has silenced overruns reported if their interval has ended. Returns whether some are left to be reported. */
    boolean visitSilenced(long now) {
        long interval = boundary.silenceNanos();
        boolean reported =
                throttle.hasEnded(interval, now) && boundary.watchdog().run(() -> reportSilenced(interval, now));
        return !reported && throttle.hasSilenced();
    }
}
