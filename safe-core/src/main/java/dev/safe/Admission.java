package dev.safe;

import dev.safe.internal.concurrent.OwnerBiasedCounter;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.watch.Watchdog;
import dev.safe.internal.watch.WatchedCall;
import org.jspecify.annotations.Nullable;

/**
 * Decides which calls of a boundary are made, as its quarantine says, and begins to watch those that need it. The third
 * of the four layers of a {@link Boundary}. Thread-safe.
 */
abstract class Admission extends Ledger implements Quarantine.Owner {

    /**
     * How long before the end of a backoff calls begin to ask the quarantine again. Longer than the watchdog sleeps.
     */
    private static final long MARGIN = 2 * Watchdog.LONGEST_NAP;

    private volatile @Nullable Quarantine quarantine;
    private volatile @Nullable CallWatch watch;

    /**
     * A quarantine that is not reported yet, because no thread was free to report it. Only for the watchdog's thread.
     */
    private @Nullable QuarantineReport unreportedQuarantine;

    Admission(Extension extension, Phase phase, BoundaryServices services) {
        super(extension, phase, services);
    }

    /** Puts a policy in force. Counts and quarantine stay as they are. */
    @Override
    final void apply(PhasePolicy next) {
        super.apply(next);
        BudgetPolicy budget = next.budget();
        if (budget.isLimited() || watch != null) {
            watch().apply(budget);
        }
        hold(next.quarantine().hold());
        set(STAMPED, watchdog().isManual() || services.timed());
        set(WATCHED, services.timed() || budget.isLimited());
        set(THROWING, next.onPanic() == OnPanic.THROW);
    }

    // The beginning of a call.

    /**
     * Admits a call, or returns {@link #REJECTED}. A failure of ours never prevents the call: the call matters more
     * than what we wanted to know about it.
     *
     * @param seen the gate, as the call read it
     * @return what to pass to {@link #leave} at the end of the call; null if nobody needs to know when it ends
     */
    final @Nullable WatchedCall admit(int seen) {
        try {
            return (seen & (UNUSED | OWING)) == 0 ? admitPrepared(seen) : admitPrepared(prepare(seen));
        } catch (Throwable ours) {
            if ((seen & REJECTING) == 0) {
                return null;
            }
            synchronized (this) {
                try {
                    missedRejections++;
                } catch (Throwable entering) {
                    missedRejections++; // See Gate: the first increment was not made.
                }
            }
            return REJECTED;
        }
    }

    /**
     * Lists the extension and makes up for what is owed, if the gate says so. Returns the gate as it is afterwards,
     * since an extension that is listed again may be under another policy.
     */
    final int prepare(int seen) {
        if ((seen & UNUSED) != 0) {
            set(UNUSED, false);
            try {
                extension.used();
            } catch (Throwable ours) { // The next call has to list it, then.
                synchronized (this) {
                    try {
                        gate |= UNUSED;
                    } catch (Throwable entering) {
                        gate |= UNUSED; // See Gate: the first write was not made.
                    }
                }
                throw ours;
            }
        }
        if ((seen & OWING) != 0) {
            makeUp();
        }
        return gate;
    }

    private @Nullable WatchedCall admitPrepared(int seen) {
        if ((seen & REJECTING) != 0) {
            return reject(seen);
        }
        long probe = (seen & ASKING) != 0 ? ask() : Quarantine.NO_PROBE;
        if (probe == Quarantine.REFUSED) {
            return reject(seen);
        }
        return probe != Quarantine.NO_PROBE || (seen & WATCHED) != 0 ? watch().begin(seen, probe) : null;
    }

    private long ask() {
        Quarantine current = quarantine;
        if (current == null) {
            return Quarantine.NO_PROBE;
        }
        long now = services.now();
        current.expireProbe(policy.quarantine(), now);
        return current.admit(now, Thread.currentThread());
    }

    private WatchedCall reject(int seen) {
        OwnerBiasedCounter counter = rejections();
        boolean turn = counter.increment();
        try {
            if (turn) {
                takeTurn(counter);
            }
            if ((seen & (REJECTING | COUNTED)) != REJECTING) {
                announce(Tally.REJECTED);
            }
        } catch (Throwable ours) {
            // It is counted.
        }
        return REJECTED;
    }

    /** Checks whether the backoff is over, since the watchdog may be late. Can only end rejection, never begin it. */
    private void takeTurn(OwnerBiasedCounter counter) {
        Quarantine current = quarantine;
        if (current != null && !watchdog().isManual()) {
            long now = services.now();
            current.askIfDue(now, MARGIN);
            counter.tookTurn(now);
        }
    }

    // The end of a call.

    /** Ends what {@link #admit} began, except for the probe. */
    final WatchedCall.End leave(WatchedCall call) {
        return watch().end(call);
    }

    /** Ends the probe that a call was, if it was one, as a call that did not panic. */
    final void closeProbe(long probe) {
        Quarantine current = quarantine;
        if (probe != Quarantine.NO_PROBE && current != null) {
            current.returned(probe, services.now());
        }
    }

    @Override
    final void suspect(long probe, @Nullable Throwable thrown) {
        QuarantinePolicy current = policy.quarantine();
        Quarantine known = current.enabled() ? quarantine() : quarantine;
        if (known != null) {
            known.panicked(current, probe, Thread.currentThread(), thrown, services.now());
        }
    }

    /** Counts a call over its budget towards quarantine, if the policy says so. Runs no foreign code. */
    final void suspectOverrun(long probe, Thread caller) {
        QuarantinePolicy current = policy.quarantine();
        if (current.overruns()) {
            Quarantine known = current.enabled() ? quarantine() : quarantine;
            if (known != null) {
                known.overran(current, probe, caller, policy.budget().limit(), services.now());
            }
        }
    }

    final CallWatch watch() {
        CallWatch known = watch;
        return known != null ? known : newWatch();
    }

    private CallWatch newWatch() {
        CallWatch made = new CallWatch(this);
        synchronized (this) {
            CallWatch known = watch;
            if (known == null) {
                known = made;
                watch = known;
            }
            return known;
        }
    }

    // Quarantine.

    private Quarantine quarantine() {
        Quarantine known = quarantine;
        return known != null ? known : newQuarantine();
    }

    private Quarantine newQuarantine() {
        Quarantine made = new Quarantine(extension.name(), phase, services.random(), this, services.now());
        synchronized (this) {
            Quarantine known = quarantine;
            if (known == null) {
                known = made;
                quarantine = known;
            }
            return known;
        }
    }

    /** Rejects calls for as long as the policy says so. */
    private void hold(@Nullable String reason) {
        if (reason != null) {
            quarantine().hold(SafeText.of(reason));
        } else {
            Quarantine current = quarantine;
            if (current != null) {
                current.hold(null);
            }
        }
    }

    /** Reports a hold that began or ended with the policy. Not to be called under a lock. */
    final void announceHold() {
        Quarantine current = quarantine;
        if (current != null) {
            current.announceHold();
        }
    }

    /** Rejects calls until released. */
    final void impose(String reason) {
        quarantine().impose(reason, services.now());
    }

    /** Ends a quarantine that panics led to. */
    final void forgetTrips() {
        Quarantine current = quarantine;
        if (current != null) {
            current.restarted(services.now());
        }
    }

    /** Lets calls through again. */
    final void release(String reason) {
        Quarantine current = quarantine;
        if (current != null) {
            current.release(reason, services.now());
        }
    }

    @Override
    public final void changed(Quarantine.Mode mode) {
        set(mode, reporter.isCounting());
        if (reporter.isCounting()) {
            countRejected(); // A listener may have been added meanwhile.
        }
    }

    @Override
    public final void began() {
        count(Tally.QUARANTINES);
    }

    @Override
    public final void entered(QuarantineReport report) {
        if (!watchdog().isManual()) {
            requestVisit();
        }
        if (!report(report)) {
            unreportedQuarantine = report;
            requestVisit();
        }
    }

    /** Reports a quarantine. Returns false if that has to wait. */
    private boolean report(QuarantineReport report) {
        return watchdog().run(() -> {
            announce(Tally.QUARANTINES);
            reporter.quarantined(report);
        });
    }

    @Override
    public final void left(QuarantineReport report) {
        reporter.released(report);
    }

    @Override
    final void reportSilenced() {
        super.reportSilenced();
        CallWatch current = watch;
        if (current != null) {
            current.reports().reportSilenced();
        }
    }

    @Override
    final boolean visitSilenced(long now) {
        CallWatch current = watch;
        boolean overruns = current != null && current.reports().visitSilenced(now);
        return super.visitSilenced(now) || overruns;
    }

    // The watchdog's visits.

    @Override
    public final void visit(long now) {
        set(VISIT_REQUESTED, false);
        boolean silenced = visitSilenced(now);
        Quarantine current = quarantine;
        boolean backingOff = current != null && !watchdog().isManual() && current.rejectUntilDue(now, MARGIN) > 0;
        QuarantineReport late = unreportedQuarantine;
        if (late != null && (!isQuarantined() || report(late))) {
            unreportedQuarantine = null;
            late = null;
        }
        if (silenced || backingOff || late != null) {
            requestVisit();
        }
    }

    @Override
    public final void visitsEnded() {
        Quarantine current = quarantine;
        if (current != null && !watchdog().isManual()) {
            current.askIfDue(services.now(), Long.MAX_VALUE);
        }
    }

    // Operators.

    /** Forgets all counts and the quarantine. The next call finds the boundary new. */
    @Override
    final void reset() {
        Quarantine current = quarantine;
        if (current != null) {
            current.forget(services.now());
        }
        CallWatch calls = watch;
        if (calls != null) {
            calls.reports().reset();
        }
        super.reset();
        set(UNUSED, true);
        hold(null); // Applied anew once the extension is listed, and counted then.
    }

    /** Returns how many calls are over their budget now. */
    final int stuck() {
        CallWatch calls = watch;
        return calls == null ? 0 : calls.stuck();
    }

    final boolean isQuarantined() {
        Quarantine current = quarantine;
        return current != null && current.isInForce();
    }

    final PhaseSnapshot snapshot() {
        if ((gate & OWING) != 0) {
            makeUp();
        }
        Quarantine current = quarantine;
        return new PhaseSnapshot(
                total(Tally.PANICS),
                total(Tally.ERRORS),
                total(Tally.OVERRUNS),
                total(Tally.REJECTED),
                total(Tally.QUARANTINES),
                stuck(),
                current == null ? QuarantineSnapshot.CLEAR : current.snapshot(),
                extension.recentPanics().of(phase));
    }
}
