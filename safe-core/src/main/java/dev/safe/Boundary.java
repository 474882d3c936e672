package dev.safe;

import dev.safe.internal.watch.ThreadCalls;
import dev.safe.internal.watch.Watchdog;
import dev.safe.internal.watch.Watched;
import dev.safe.internal.watch.WatchedCall;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One extension × one phase: everything a call across it needs. Every way in goes the same way. Thread-safe.
 *
 * <p>Admit, call, return; on a throwable classify, count, report, decide. A call that succeeds reads one field, the gate,
 * unless somebody has to know about the call.
 *
 * <p>Where the stack or the heap ends, each step may fail. The catch blocks of the ways in then do with what needs no frame
 * and no byte: they write fields. What was not counted is counted at the next crossing, a call that was not ended is ended
 * there, and the outcome is what the policy says all the same.
 */
final class Boundary extends Gate implements Watched, Quarantine.Owner {

    /** How long before the end of a backoff calls ask for the time again: longer than the watchdog sleeps. */
    private static final long MARGIN = 2 * Watchdog.LONGEST_NAP;

    private final Extension extension;
    private final Phase phase;
    private final BoundaryServices services;
    private final Reporter reporter;
    private final Tallies tallies = new Tallies();
    private final Throttle throttle = new Throttle();

    private volatile PhasePolicy policy;
    private volatile long limitNanos;
    private volatile long silenceNanos;
    private volatile @Nullable Quarantine quarantine;
    private volatile @Nullable RejectedCalls rejectedCalls;

    /** How many calls are over their budget now. Only where there is a budget. */
    private volatile @Nullable AtomicInteger stuck;

    /** The calls of the first thread that crossed this boundary while it was watched: quicker to find than among all. */
    private @Nullable ThreadCalls home;

    Boundary(Extension extension, Phase phase, BoundaryServices services) {
        super(services.watchdog());
        this.extension = extension;
        this.phase = phase;
        this.services = services;
        this.reporter = services.reporter();
        this.policy = PhasePolicy.builtIn(phase);
    }

    /** Puts a policy in force. Counts and quarantine stay as they are. */
    void apply(PhasePolicy next) {
        BudgetPolicy budget = next.budget();
        if (budget.isLimited() && stuck == null) {
            stuck = new AtomicInteger();
        }
        policy = next;
        limitNanos = Nanos.of(budget.limit());
        silenceNanos = Nanos.of(next.log().interval());
        throttle.reconsider();
        set(STAMPED, watchdog().isExact() || services.timed());
        set(WATCHED, services.timed() || budget.isLimited());
        set(THROWING, next.onPanic() == OnPanic.THROW);
        if (budget.isLimited()) {
            watchdog().watch(limitNanos);
        }
    }

    Extension owner() {
        return extension;
    }

    Phase phase() {
        return phase;
    }

    /** Returns whether something thrown is control flow of the host's engine. */
    boolean isPassThrough(Throwable thrown) {
        return services.classifier().isPassThrough(thrown);
    }

    @Override
    public String extension() {
        return extension.name();
    }

    // The way of a call.

    /** Makes a call across this boundary. Returns null in place of a result that there is not. */
    @SuppressWarnings("unchecked") // rethrows as what the caller declares
    <T, X extends Throwable> @Nullable Object call(T invocation, EntryPoint<T> entryPoint) throws X {
        int seen = gate;
        WatchedCall call = (seen & OBSERVED) == 0 ? null : admitOrPass(seen);
        if (call == REJECTED) {
            return null;
        }
        Object result = null;
        Throwable thrown = null;
        try {
            result = entryPoint.proceed(invocation);
        } catch (Throwable caught) {
            thrown = caught;
        }
        Throwable passedOn = null;
        try {
            if (thrown != null) {
                passedOn = settle(seen, call, null, idOf(invocation, entryPoint), thrown);
            } else if (call != null) {
                exit(call);
            }
        } catch (Throwable ours) { // There is no stack to call anything, or no heap.
            if (thrown != null) {
                passedOn = (gate & THROWING) != 0
                                || (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
                        ? thrown
                        : null;
                synchronized (this) {
                    // A call within this one may have come this far with it.
                    if (missedThrown != thrown || (missedAt | BELOW) - (seen | BELOW) <= 0) {
                        missedPanics++;
                    }
                    gate = (gate | OWING) + PASSED_ON;
                    missedThrown = passedOn;
                    missedAt = gate;
                }
            }
            if (call != null) {
                call.abandoned = true;
                while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // The watchdog is about to interrupt this thread, which must not return before that.
                }
            }
        }
        if (passedOn != null) {
            throw (X) passedOn;
        }
        return result;
    }

    /** As {@link #call}, spelled out: an entry point that knew the id would have to be made anew for each event. */
    @SuppressWarnings("unchecked") // rethrows as what the caller declares
    <X extends Throwable> void finalizeStep(ExtensionCapability target, long id) throws X {
        int seen = gate;
        WatchedCall call = (seen & OBSERVED) == 0 ? null : admitOrPass(seen);
        if (call == REJECTED) {
            return;
        }
        Throwable thrown = null;
        try {
            target.finalizeStep(id);
        } catch (Throwable caught) {
            thrown = caught;
        }
        Throwable passedOn = null;
        try {
            if (thrown != null) {
                passedOn = settle(seen, call, null, id, thrown);
            } else if (call != null) {
                exit(call);
            }
        } catch (Throwable ours) {
            if (thrown != null) {
                passedOn = (gate & THROWING) != 0
                                || (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
                        ? thrown
                        : null;
                synchronized (this) {
                    // A call within this one may have come this far with it.
                    if (missedThrown != thrown || (missedAt | BELOW) - (seen | BELOW) <= 0) {
                        missedPanics++;
                    }
                    gate = (gate | OWING) + PASSED_ON;
                    missedThrown = passedOn;
                    missedAt = gate;
                }
            }
            if (call != null) {
                call.abandoned = true;
                while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // As above.
                }
            }
        }
        if (passedOn != null) {
            throw (X) passedOn;
        }
    }

    private <T> @Nullable Long idOf(T invocation, EntryPoint<T> entryPoint) {
        if (phase != Phase.FINALIZE) {
            return null;
        }
        try {
            return entryPoint.id(invocation);
        } catch (Throwable unknown) {
            return null; // The panic matters more than the event that it came with.
        }
    }

    @Override
    public @Nullable WatchedCall enter() {
        int seen = gate;
        return (seen & OBSERVED) == 0 ? null : admitOrPass(seen);
    }

    @Override
    public void exit(WatchedCall call) {
        try {
            long probe = call.probe();
            leave(call);
            closeProbe(probe);
        } catch (Throwable ours) {
            call.abandoned = true;
            while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                // As above.
            }
        }
    }

    @Override
    public void failed(int seen, @Nullable WatchedCall call, String function, Throwable thrown) throws Throwable {
        Throwable passedOn = settle(seen, call, function, null, thrown);
        if (passedOn != null) {
            throw passedOn;
        }
    }

    @Override
    public void contained(int seen, @Nullable WatchedCall call, String function, Throwable thrown) {
        settle(seen, call, function, null, thrown);
    }

    /** Counts and reports what was caught elsewhere. */
    void recovered(@Nullable String function, Throwable thrown) {
        Outcome outcome;
        try {
            outcome = classify(thrown);
            count(outcome);
        } catch (Throwable ours) {
            miss();
            return;
        }
        try {
            react(outcome, Quarantine.ADMITTED, function, null, thrown);
            if (thrown instanceof InterruptedException && outcome != Outcome.PASS_THROUGH) {
                Thread.currentThread().interrupt();
            }
        } catch (Throwable ours) {
            synchronized (this) {
                unreported++;
                unsuspected++;
                gate |= OWING;
            }
        }
    }

    // Admission.

    /** Never lets what fails here get in the way of the call, which matters more than what we wanted to know about it. */
    private @Nullable WatchedCall admitOrPass(int seen) {
        try {
            return admit(seen);
        } catch (Throwable ours) {
            if ((seen & REJECTING) == 0) {
                return null;
            }
            synchronized (this) {
                missedRejections++;
            }
            return REJECTED;
        }
    }

    private @Nullable WatchedCall admit(int seen) {
        return (seen & (UNUSED | OWING)) == 0 ? admitPrepared(seen) : admitPrepared(prepare(seen));
    }

    private @Nullable WatchedCall admitPrepared(int seen) {
        if ((seen & REJECTING) != 0) {
            return reject(seen);
        }
        long probe = (seen & ASKING) != 0 ? admitFromQuarantine() : Quarantine.ADMITTED;
        if (probe == Quarantine.REJECTED) {
            return reject(seen);
        }
        return probe != Quarantine.ADMITTED || (seen & WATCHED) != 0 ? watch(seen, probe) : null;
    }

    /** Returns the gate as it is afterwards: an extension that is made known again may be under another policy. */
    private int prepare(int seen) {
        if ((seen & UNUSED) != 0) {
            set(UNUSED, false);
            extension.used();
        }
        if ((seen & OWING) != 0) {
            makeUp();
        }
        return gate;
    }

    private WatchedCall reject(int seen) {
        RejectedCalls known = rejectedCalls;
        RejectedCalls calls = known == null ? newRejectedCalls() : known;
        boolean turn = calls.increment();
        try {
            if (turn) {
                takeTurn(calls);
            }
            if ((seen & (REJECTING | COUNTED)) != REJECTING) {
                reporter.counted(extension, phase, Tally.REJECTED, total(Tally.REJECTED));
            }
        } catch (Throwable ours) {
            // It is counted.
        }
        return REJECTED;
    }

    /** The watchdog might be held up, so calls look for themselves now and then. They only ask: what rejects is the watchdog. */
    private void takeTurn(RejectedCalls calls) {
        Quarantine current = quarantine;
        if (current != null && !watchdog().isExact()) {
            long now = services.now();
            current.askIfDue(now, MARGIN);
            calls.tookTurn(now);
        }
    }

    private RejectedCalls newRejectedCalls() {
        RejectedCalls made = new RejectedCalls();
        synchronized (this) {
            RejectedCalls calls = rejectedCalls;
            if (calls == null) {
                calls = made;
                rejectedCalls = calls;
            }
            return calls;
        }
    }

    private long admitFromQuarantine() {
        Quarantine current = quarantine;
        if (current == null) {
            return Quarantine.ADMITTED;
        }
        long now = services.now();
        current.expireProbe(policy.quarantine(), now);
        return current.admit(now, Thread.currentThread());
    }

    /** A call inside another of the same boundary and thread is watched, timed and probed with that one. */
    private @Nullable WatchedCall watch(int seen, long probe) {
        WatchedCall call = calls().free(probe == Quarantine.ADMITTED ? self() : null);
        if (call != null) {
            if ((seen & STAMPED) != 0) {
                call.begin(self(), probe, services.now());
            } else {
                call.begin(self(), probe);
            }
            if (limitNanos > 0) {
                try {
                    call.listWith(watchdog());
                } catch (Throwable ours) {
                    // It has begun, so it has to be returned: who ends it if not the caller?
                }
            }
        }
        return call;
    }

    /** Returns the calls of this thread, which mostly is the one thread that crosses this boundary at all. */
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

    // The end of an admitted call.

    /** Ends the watch and the timer: what we do from here on is not the extension's time. */
    private WatchedCall.End leave(WatchedCall call) {
        WatchedCall.End end = call.end();
        if (end != WatchedCall.End.IN_TIME) {
            unstick();
        }
        if (services.timed()) {
            try {
                reporter.timed(extension, phase, services.now() - call.start());
            } catch (Throwable ours) {
                Listeners.complain("could not time a call", ours);
            }
        }
        return end;
    }

    private void closeProbe(long probe) {
        Quarantine current = quarantine;
        if (probe != Quarantine.ADMITTED && current != null) {
            current.returned(probe, services.now());
        }
    }

    /**
     * Classifies, counts, reports, decides. Returns what leaves the boundary, or null if that is nothing. Throws only if
     * nothing has been counted yet, for want of stack or memory.
     */
    private @Nullable Throwable settle(
            int seen, @Nullable WatchedCall call, @Nullable String function, @Nullable Long id, Throwable thrown) {
        if ((gate & UNUSED) != 0) {
            prepare(gate); // The extension was removed meanwhile.
        }
        long probe = call == null ? Quarantine.ADMITTED : call.probe();
        Outcome outcome = classify(thrown);
        boolean counted = outcome != Outcome.PASS_THROUGH && isCounted(thrown, seen);
        if (!counted) {
            count(outcome);
        }
        boolean interrupted = false;
        try {
            interrupted = call != null && leave(call) == WatchedCall.End.INTERRUPTED;
        } catch (Throwable ours) {
            if (call != null) {
                call.abandoned = true;
                while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // As above.
                }
            }
        }
        try {
            if (counted) {
                closeProbe(probe);
            } else {
                react(outcome, probe, function, id, thrown);
            }
            if (thrown instanceof InterruptedException && outcome != Outcome.PASS_THROUGH && !interrupted) {
                Thread.currentThread().interrupt();
            }
        } catch (Throwable ours) {
            if (!counted && (outcome == Outcome.PANIC || outcome == Outcome.FATAL)) {
                synchronized (this) {
                    unreported++;
                    unsuspected++;
                    gate |= OWING;
                }
            }
        }
        try {
            return decide(outcome, counted, thrown);
        } catch (Throwable ours) {
            if (outcome == Outcome.PANIC && (gate & THROWING) == 0) {
                return null;
            }
            synchronized (this) {
                gate += PASSED_ON;
                missedThrown = thrown;
                missedAt = gate;
            }
            return thrown;
        }
    }

    private Outcome classify(Throwable thrown) {
        return services.classifier().classify(thrown, phase, policy.errors());
    }

    /** Returns whether a call within this one has counted a throwable that it passed on. */
    private boolean isCounted(Throwable thrown, int seen) {
        return isBefore(seen, gate)
                && (isMissed(thrown, seen) || services.rethrown().has(this, thrown, seen));
    }

    private void count(Outcome outcome) {
        if (outcome.isPanic()) {
            tallies.increment(Tally.PANICS);
        } else if (outcome == Outcome.ERROR) {
            tallies.increment(Tally.ERRORS);
        }
    }

    /** Does what follows from what has been counted: reports it, and has the quarantine know. Owes what fails. */
    private void react(Outcome outcome, long probe, @Nullable String function, @Nullable Long id, Throwable thrown) {
        if (!outcome.isPanic()) {
            closeProbe(probe);
            if (outcome == Outcome.ERROR) {
                reporter.counted(extension, phase, Tally.ERRORS, total(Tally.ERRORS));
                reporter.failed(extension, phase, thrown);
            }
            return;
        }
        try {
            reporter.counted(extension, phase, Tally.PANICS, total(Tally.PANICS));
            report(function, id, thrown);
        } catch (Throwable ours) {
            synchronized (this) {
                if (thrown instanceof OutOfMemoryError) {
                    unreportedMemoryErrors++;
                } else {
                    unreported++;
                }
                gate |= OWING;
            }
        }
        try {
            suspect(probe);
        } catch (Throwable ours) {
            synchronized (this) {
                unsuspected++;
                gate |= OWING;
            }
        }
    }

    private @Nullable Throwable decide(Outcome outcome, boolean counted, Throwable thrown) {
        Throwable passedOn =
                switch (outcome) {
                    case PASS_THROUGH, FATAL -> thrown;
                    case ERROR -> phase == Phase.SETUP ? thrown : null;
                    case PANIC -> policy.onPanic() == OnPanic.THROW ? panicException(counted, thrown) : null;
                };
        if (passedOn != null && outcome != Outcome.PASS_THROUGH) {
            services.rethrown().add(this, passedOn);
        }
        return passedOn;
    }

    private Throwable panicException(boolean counted, Throwable thrown) {
        try {
            return counted ? thrown : new ExtensionPanicException(extension.name(), phase, thrown);
        } catch (Throwable ours) {
            return thrown; // No stack or memory left to say it better.
        }
    }

    // Counting and reporting.

    private void report(@Nullable String function, @Nullable Long id, Throwable thrown) {
        long now = services.now();
        reportSilenced(now);
        if (throttle.permits(policy.log().burst(), silenceNanos, now)) {
            reporter.panicked(extension, phase, function, id, thrown);
        } else {
            comeBack();
        }
    }

    /** Has the quarantine count a panic. */
    private void suspect(long probe) {
        QuarantinePolicy current = policy.quarantine();
        Quarantine known = current.enabled() ? quarantine() : quarantine;
        if (known != null) {
            known.panicked(current, probe, Thread.currentThread(), services.now());
        }
    }

    /** Does what could not be done when it was due. What cannot be done now either stays due. */
    private void makeUp() {
        int reports;
        int memoryErrors;
        int suspicions;
        synchronized (this) {
            if (missedPanics > 0) {
                tallies.add(Tally.PANICS, missedPanics);
                unreported += missedPanics;
                unsuspected += missedPanics;
                missedPanics = 0;
            }
            reports = unreported;
            memoryErrors = unreportedMemoryErrors;
            suspicions = Math.min(unsuspected, policy.quarantine().threshold());
            unreported = 0;
            unreportedMemoryErrors = 0;
            unsuspected = 0;
            missedThrown = null;
            gate &= ~OWING;
        }
        try {
            for (; memoryErrors > 0; memoryErrors--) {
                report(null, null, new OutOfMemoryError("there was no memory left to report it when it happened"));
            }
            throttle.silence(reports);
            reports = 0;
            for (; suspicions > 0; suspicions--) {
                suspect(Quarantine.ADMITTED);
            }
            comeBack();
            reporter.counted(extension, phase, Tally.PANICS, total(Tally.PANICS));
        } catch (Throwable ours) {
            synchronized (this) {
                unreported += reports;
                unreportedMemoryErrors += memoryErrors;
                unsuspected += suspicions;
                gate |= OWING;
            }
        }
    }

    private long total(Tally tally) {
        if (tally == Tally.REJECTED) {
            RejectedCalls calls = rejectedCalls;
            return (calls == null ? 0 : calls.sum()) + missedRejections;
        }
        return tallies.sum(tally) + (tally == Tally.PANICS ? missed() : 0);
    }

    // What the watchdog sees to.

    @Override
    public long limitNanos() {
        return limitNanos;
    }

    @Override
    public boolean isStamped() {
        return (gate & STAMPED) != 0;
    }

    @Override
    public boolean interruptsOverruns() {
        return policy.budget().onOverrun() == OnOverrun.INTERRUPT;
    }

    @Override
    public void overran() {
        AtomicInteger calls = stuck;
        if (calls != null) {
            calls.incrementAndGet();
        }
        tallies.increment(Tally.OVERRUNS);
    }

    @Override
    public void unstick() {
        AtomicInteger calls = stuck;
        if (calls != null) {
            calls.decrementAndGet();
        }
    }

    @Override
    public void reportOverrun(Thread thread, StackTraceElement[] trace) {
        reporter.counted(extension, phase, Tally.OVERRUNS, total(Tally.OVERRUNS));
        reporter.overran(extension, phase, policy.budget(), thread, trace);
    }

    @Override
    public void look(long now) {
        set(AWAITING, false);
        boolean ended = throttle.hasEnded(silenceNanos, now);
        if (ended && !watchdog().run(() -> reportSilenced(now))) {
            ended = false;
        }
        Quarantine current = quarantine;
        boolean backingOff = current != null && !watchdog().isExact() && current.rejectUntilDue(now, MARGIN) > 0;
        if (backingOff || (!ended && throttle.hasSilenced())) {
            comeBack();
        }
    }

    @Override
    public void giveUp() {
        Quarantine current = quarantine;
        if (current != null && !watchdog().isExact()) {
            current.askIfDue(services.now(), Long.MAX_VALUE);
        }
    }

    /** Reports panics silenced in an interval that has ended. */
    private void reportSilenced(long now) {
        reporter.silenced(extension, phase, throttle.takeSilenced(silenceNanos, now), policy.log());
    }

    /** Reports panics silenced so far. */
    void reportSilenced() {
        reporter.silenced(extension, phase, throttle.takeSilenced(), policy.log());
    }

    // Quarantine.

    private Quarantine quarantine() {
        Quarantine current = quarantine;
        return current != null ? current : newQuarantine();
    }

    private Quarantine newQuarantine() {
        Quarantine made = new Quarantine(extension.name(), phase, services.random(), this, services.now());
        synchronized (this) {
            Quarantine current = quarantine;
            if (current == null) {
                current = made;
                quarantine = current;
            }
            return current;
        }
    }

    /** Rejects calls until released. */
    void impose(String reason) {
        quarantine().impose(reason, services.now());
    }

    /** Lets calls through again. */
    void release() {
        Quarantine current = quarantine;
        if (current != null) {
            current.release(services.now());
        }
    }

    @Override
    public void admit(Quarantine.Admission admission) {
        setAdmission(admission, reporter.isCounting());
        if (reporter.isCounting()) {
            countRejected(); // A listener may have been added meanwhile.
        }
    }

    @Override
    public void entered(QuarantineReport report) {
        if (!watchdog().isExact()) {
            comeBack();
        }
        tallies.increment(Tally.QUARANTINES);
        reporter.counted(extension, phase, Tally.QUARANTINES, total(Tally.QUARANTINES));
        reporter.quarantined(report);
    }

    @Override
    public void left(QuarantineReport report) {
        reporter.released(report);
    }

    // Operators.

    /** Forgets all counts and the quarantine. The next call finds it new. */
    void reset() {
        Quarantine current = quarantine;
        if (current != null) {
            current.forget(services.now());
        }
        forgive();
        tallies.reset();
        throttle.takeSilenced();
        throttle.reconsider();
        synchronized (this) {
            rejectedCalls = null;
        }
        set(UNUSED, true);
    }

    PhaseSnapshot snapshot() {
        Quarantine current = quarantine;
        AtomicInteger calls = stuck;
        return new PhaseSnapshot(
                total(Tally.PANICS),
                total(Tally.ERRORS),
                total(Tally.OVERRUNS),
                total(Tally.REJECTED),
                total(Tally.QUARANTINES),
                calls == null ? 0 : Math.max(0, calls.get()),
                current == null ? QuarantineSnapshot.CLEAR : current.snapshot(services.now()),
                extension.recentPanics().of(phase));
    }

    @Override
    public String toString() {
        return extension.name() + "/" + phase.tag();
    }
}
