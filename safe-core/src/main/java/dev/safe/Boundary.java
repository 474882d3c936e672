package dev.safe;

import dev.safe.internal.hostfunction.CallBoundary;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.render.ThrowableText;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One extension × one phase: everything a call across it needs. Every way in goes the same way.
 *
 * <p>Admit, call, return; on a throwable classify, count, report, decide. A call that succeeds reads one field, the gate,
 * which is open unless somebody has to know about the call. Thread-safe.
 */
final class Boundary extends CallBoundary {

    private static final int OPEN = 0;
    private static final int UNUSED = 1;
    private static final int QUARANTINED = 2;
    private static final int CLOSED = 4;
    private static final int WATCHED = 8;
    private static final int STAMPED = 16;
    private static final int HANDED_ON = 32;

    /** Of every rejected call somebody is told. Never set but with {@link #CLOSED}. */
    private static final int TOLD = 64;

    /** How long before the end of a backoff calls ask for the time again: longer than the watchdog sleeps. */
    private static final long MARGIN = 2 * Watchdog.LONGEST_NAP;

    private static final VarHandle GATE;
    private static final VarHandle AWAITED;

    static {
        try {
            GATE = MethodHandles.lookup().findVarHandle(Boundary.class, "gate", int.class);
            AWAITED = MethodHandles.lookup().findVarHandle(Boundary.class, "awaited", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Extension extension;
    private final Phase phase;
    private final BoundaryServices services;
    private final Listeners listeners;
    private final Tallies tallies = new Tallies();
    private final AtomicInteger stuck = new AtomicInteger();
    private final Throttle throttle = new Throttle();
    private final WeakReference<Boundary> self = new WeakReference<>(this);
    private final ThreadLocal<Passage> passages;
    private final boolean timed;
    private final boolean followed;

    /** Which of the above somebody has to know about; {@link #OPEN} almost always. */
    private volatile int gate = UNUSED;

    private volatile PhasePolicy policy;
    private volatile long limitNanos;
    private volatile long silenceNanos;
    private volatile @Nullable Quarantine quarantine;
    private volatile @Nullable RejectedCalls rejectedCalls;
    private volatile @Nullable HandedOn handedOn;
    private volatile boolean awaited;

    /** Of the first thread that crossed this boundary while it was watched: quicker to find than among all of them. */
    private @Nullable Passage home;

    Boundary(Extension extension, Phase phase, BoundaryServices services) {
        this.extension = extension;
        this.phase = phase;
        this.services = services;
        this.listeners = services.listeners();
        this.passages = services.watchdog().passages();
        this.timed = services.timed();
        this.followed = timed || !phase.isRejectable();
        this.policy = PhasePolicy.builtIn(phase);
        apply(services.policies().apply(extension.name(), phase));
    }

    /** Puts a policy in force. Counts and quarantine stay as they are. */
    void apply(PhasePolicy next) {
        policy = next;
        limitNanos = Nanos.of(next.budget().limit());
        silenceNanos = Nanos.of(next.log().interval());
        throttle.reconsider();
        setGate(STAMPED, services.watchdog().isExact() || timed);
        setGate(WATCHED, followed || next.budget().isLimited());
        if (next.budget().isLimited()) {
            services.watchdog().watch(limitNanos);
        }
    }

    Phase phase() {
        return phase;
    }

    /** The budget of a call in nanoseconds, zero for none. */
    long limitNanos() {
        return limitNanos;
    }

    /** Whether the start of a call is read from the ticker. */
    boolean isStamped() {
        return (gate & STAMPED) != 0;
    }

    // The way of a call.

    /** Makes a call across this boundary. Returns null in place of a result that there is not. */
    <T, X extends Throwable> @Nullable Object call(T invocation, EntryPoint<T> entryPoint) throws X {
        Object admission = enter();
        if (admission == REJECTED) {
            return null;
        }
        try {
            Object result = entryPoint.proceed(invocation);
            exit(admission);
            return result;
        } catch (Throwable thrown) {
            settle(admission, null, idOf(invocation, entryPoint), thrown);
            return null;
        }
    }

    private <T> long idOf(T invocation, EntryPoint<T> entryPoint) {
        try {
            return phase == Phase.FINALIZE ? entryPoint.id(invocation) : 0;
        } catch (Throwable unknown) {
            return 0; // The panic matters more than the event that it came with.
        }
    }

    @Override
    public @Nullable Object enter() {
        int observers = gate;
        return observers == OPEN ? null : enterObserved(observers);
    }

    @Override
    public void exit(@Nullable Object admission) {
        if (admission != null) {
            returned((Passage) admission);
        }
    }

    @Override
    public void failed(@Nullable Object admission, String function, Throwable thrown) {
        settle(admission, function, 0, thrown);
    }

    /** As above, for a call that finalizes an event. */
    <X extends Throwable> void failed(@Nullable Object admission, long id, Throwable thrown) throws X {
        this.<X>settle(admission, null, id, thrown);
    }

    @Override
    public void contained(@Nullable Object admission, String function, Throwable thrown) {
        Passage.End end = leave(admission);
        note(classify(thrown), admission, end, function, 0, thrown);
    }

    @Override
    public String extension() {
        return extension.name();
    }

    /** Counts and reports what was caught elsewhere. */
    void recovered(@Nullable String function, Throwable thrown) {
        note(classify(thrown), null, Passage.End.IN_TIME, function, 0, thrown);
    }

    // Admission.

    private @Nullable Object enterObserved(int observers) {
        if ((observers & CLOSED) != 0) {
            return reject(observers);
        }
        try {
            return observers == WATCHED ? watch(observers, Quarantine.ADMITTED) : observe(observers);
        } catch (Throwable ours) {
            return null; // The call matters more than what we wanted to know about it.
        }
    }

    private @Nullable Object observe(int observers) {
        if ((observers & UNUSED) != 0) {
            setGate(UNUSED, false);
            extension.used();
        }
        if ((observers & HANDED_ON) != 0) {
            forgetHandedOn();
        }
        long probe = (observers & QUARANTINED) != 0 ? admitFromQuarantine() : Quarantine.ADMITTED;
        if (probe == Quarantine.REJECTED) {
            return reject(observers);
        }
        return probe != Quarantine.ADMITTED || (observers & WATCHED) != 0 ? watch(observers, probe) : null;
    }

    private Object reject(int observers) {
        try {
            RejectedCalls calls = rejectedCalls;
            if (calls == null) {
                calls = newRejectedCalls();
            }
            if (calls.increment()) {
                takeTurn(calls);
            }
            if ((observers & (CLOSED | TOLD)) != CLOSED) {
                tellCount(Tally.REJECTED);
            }
        } catch (Throwable ours) {
            Listeners.complain("could not count a rejected call", ours);
        }
        return REJECTED;
    }

    /** The watchdog might be held up, so calls look for themselves now and then. They only open: what closes is the watchdog. */
    private void takeTurn(RejectedCalls calls) {
        Quarantine current = quarantine;
        if (current != null && !services.watchdog().isExact()) {
            long now = services.ticker().read();
            current.openIfDue(now, MARGIN);
            calls.tookTurn(now);
        }
    }

    private synchronized RejectedCalls newRejectedCalls() {
        RejectedCalls calls = rejectedCalls;
        if (calls == null) {
            calls = new RejectedCalls();
            rejectedCalls = calls;
        }
        return calls;
    }

    private long admitFromQuarantine() {
        Quarantine current = quarantine;
        if (current == null) {
            return Quarantine.ADMITTED;
        }
        long now = services.ticker().read();
        QuarantineReport lost = current.expireProbe(policy.quarantine(), now);
        if (lost != null) {
            entered(lost);
        }
        return current.admit(now, Thread.currentThread());
    }

    /** A call inside another of the same boundary and thread is watched, timed and probed with that one. */
    private @Nullable Passage watch(int observers, long probe) {
        Passage passage = outermost().free(probe == Quarantine.ADMITTED ? self : null);
        if (passage != null) {
            if ((observers & STAMPED) != 0) {
                passage.begin(self, probe, services.ticker().read());
            } else {
                passage.begin(self, probe);
            }
        }
        return passage;
    }

    /** The outermost passage of this thread, which mostly is the one thread that crosses this boundary at all. */
    private Passage outermost() {
        Passage known = home;
        return known != null && known.refersTo(Thread.currentThread()) ? known : otherOutermost(known);
    }

    private Passage otherOutermost(@Nullable Passage known) {
        Passage passage = passages.get();
        if (known == null || known.refersTo(null)) {
            home = passage;
        }
        return passage;
    }

    // The end of an admitted call.

    private void returned(Passage passage) {
        long probe = passage.probe();
        if (probe == Quarantine.ADMITTED && !followed) {
            end(passage);
        } else {
            leave(passage);
            noteReturn(probe);
        }
    }

    private void noteReturn(long probe) {
        try {
            if (phase == Phase.SETUP) {
                extension.setUp();
            } else if (phase == Phase.TEARDOWN) {
                extension.tornDown();
            }
            closeProbe(probe);
        } catch (Throwable ours) {
            Listeners.complain("could not note the end of a call", ours);
        }
    }

    /** Ends the watch and the timer: what we do from here on is not the extension's time. Never throws. */
    private Passage.End leave(Passage passage) {
        Passage.End end = end(passage);
        try {
            if (timed) {
                listeners.tellCall(extension.name(), phase, services.ticker().read() - passage.start());
            }
        } catch (Throwable ours) {
            Listeners.complain("could not time a call", ours);
        }
        return end;
    }

    private Passage.End leave(@Nullable Object admission) {
        return admission instanceof Passage passage ? leave(passage) : Passage.End.IN_TIME;
    }

    private Passage.End end(Passage passage) {
        try {
            Passage.End end = passage.end();
            if (end != Passage.End.IN_TIME) {
                unstick();
            }
            return end;
        } catch (Throwable ours) {
            Listeners.complain("could not note the end of a call", ours);
            return Passage.End.IN_TIME;
        }
    }

    private void closeProbe(long probe) {
        Quarantine current = quarantine;
        if (probe != Quarantine.ADMITTED && current != null) {
            QuarantineReport left = current.returned(probe, services.ticker().read());
            if (left != null) {
                listeners.tell(listener -> listener.onReleased(left));
            }
        }
    }

    /** Classify, count, report, decide. Returns if the throwable is suppressed. */
    private <X extends Throwable> void settle(
            @Nullable Object admission, @Nullable String function, long id, Throwable thrown) throws X {
        Passage.End end = leave(admission);
        Outcome outcome = classify(thrown);
        note(outcome, admission, end, function, id, thrown);
        Throwable passedOn = decide(outcome, thrown);
        if (passedOn != null) {
            if (outcome == Outcome.FATAL || outcome == Outcome.ERROR) {
                handOn(thrown);
            }
            throw Boundary.<X>unchecked(passedOn);
        }
    }

    private void handOn(Throwable thrown) {
        try {
            handedOn = new HandedOn(thrown);
            setGate(HANDED_ON, true);
        } catch (Throwable ours) {
            // No memory left: a guard further out will count it once more.
        }
    }

    private void forgetHandedOn() {
        HandedOn current = handedOn;
        if (current == null || current.isPast()) {
            handedOn = null;
            setGate(HANDED_ON, false);
        }
    }

    private boolean isHandedOn(Throwable thrown) {
        HandedOn current = handedOn;
        return current != null && current.is(thrown);
    }

    private Outcome classify(Throwable thrown) {
        return services.classifier().classify(thrown, extension.name(), phase, policy.errors());
    }

    /** Counts and reports, whatever happens on the way. */
    private void note(
            Outcome outcome,
            @Nullable Object admission,
            Passage.End end,
            @Nullable String function,
            long id,
            Throwable thrown) {
        long probe = admission instanceof Passage passage ? passage.probe() : Quarantine.ADMITTED;
        try {
            boolean counted = isHandedOn(thrown);
            if (outcome.isPanic() && !counted) {
                panicked(probe, function, id, thrown);
            } else {
                closeProbe(probe);
            }
            if (outcome == Outcome.ERROR && !counted) {
                erred(thrown);
            }
            if (phase == Phase.SETUP && outcome != Outcome.PASS_THROUGH) {
                extension.setupFailed();
            } else if (phase == Phase.TEARDOWN && admission != null) {
                extension.tornDown();
            }
        } catch (Throwable ours) {
            Listeners.complain("could not report a panic", ours);
        }
        if (thrown instanceof InterruptedException
                && outcome != Outcome.PASS_THROUGH
                && end != Passage.End.INTERRUPTED) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Throwable decide(Outcome outcome, Throwable thrown) {
        return switch (outcome) {
            case PASS_THROUGH, FATAL -> thrown;
            case ERROR -> phase == Phase.SETUP ? thrown : null;
            case ALREADY_COUNTED -> policy.onPanic() == OnPanic.THROW ? thrown : null;
            case PANIC -> policy.onPanic() == OnPanic.THROW ? panicException(thrown) : null;
        };
    }

    private Throwable panicException(Throwable thrown) {
        try {
            return new ExtensionPanicException(extension.name(), phase, thrown);
        } catch (Throwable ours) {
            return thrown; // No stack or memory left to say it better.
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // rethrows as what the caller declares
    private static <X extends Throwable> X unchecked(Throwable thrown) {
        return (X) thrown;
    }

    // Counting and reporting.

    private void panicked(long probe, @Nullable String function, long id, Throwable thrown) {
        try {
            count(Tally.PANICS);
        } finally {
            long now = services.ticker().read();
            try {
                report(function, id, thrown, now);
            } finally {
                tellQuarantine(probe, now);
            }
        }
    }

    private void report(@Nullable String function, long id, Throwable thrown, long now) {
        tellSilenced(now);
        if (!throttle.permits(policy.log().burst(), silenceNanos, now)) {
            await();
            return;
        }
        ThrowableText text = ThrowableText.of(thrown);
        PanicReport report = new PanicReport(
                extension.name(),
                phase,
                Instant.now(),
                text.type(),
                text.message(),
                text.fingerprint(),
                text.frames(),
                function == null ? null : SafeText.of(function),
                phase == Phase.FINALIZE ? id : null);
        extension.recentPanics().add(report);
        Throwable printable = ThrowableText.printable(thrown);
        listeners.tell(listener -> listener.onPanic(report, printable));
    }

    private void tellQuarantine(long probe, long now) {
        Quarantine current = policy.quarantine().enabled() ? quarantine() : quarantine;
        if (current != null) {
            QuarantineReport entered = current.panicked(policy.quarantine(), probe, Thread.currentThread(), now);
            if (entered != null) {
                entered(entered);
            }
        }
    }

    private void erred(Throwable thrown) {
        count(Tally.ERRORS);
        ThrowableText text = ThrowableText.of(thrown);
        ErrorReport report = new ErrorReport(extension.name(), phase, Instant.now(), text.type(), text.message());
        Throwable printable = ThrowableText.printable(thrown);
        listeners.tell(listener -> listener.onError(report, printable));
    }

    private void entered(QuarantineReport report) {
        if (!services.watchdog().isExact()) {
            await();
        }
        count(Tally.QUARANTINES);
        listeners.tell(listener -> listener.onQuarantined(report));
    }

    private void count(Tally tally) {
        tallies.increment(tally);
        tellCount(tally);
    }

    private void tellCount(Tally tally) {
        if (listeners.areCounting()) {
            listeners.tellCount(extension.name(), phase, tally, total(tally));
        }
    }

    private long total(Tally tally) {
        return tally == Tally.REJECTED ? rejectedTotal() : tallies.sum(tally);
    }

    private long rejectedTotal() {
        RejectedCalls calls = rejectedCalls;
        return calls == null ? 0 : calls.sum();
    }

    // What the watchdog comes back for.

    private void await() {
        if (!awaited && AWAITED.compareAndSet(this, false, true)) {
            services.watchdog().comeBackTo(this);
        }
    }

    /** For the watchdog: tells what there is to tell by now, and asks it to come back if there will be more. */
    void look(long now) {
        awaited = false;
        tellSilenced(now);
        Quarantine current = quarantine;
        boolean backingOff =
                current != null && !services.watchdog().isExact() && current.closeUntilDue(now, MARGIN) > 0;
        if (backingOff || throttle.hasSilenced()) {
            await();
        }
    }

    /** For the watchdog: it will not come back, so that calls have to ask for the time themselves. */
    void giveUpOn() {
        Quarantine current = quarantine;
        if (current != null && !services.watchdog().isExact()) {
            current.openIfDue(services.ticker().read(), Long.MAX_VALUE);
        }
    }

    /** Tells of panics silenced in an interval that has ended. */
    private void tellSilenced(long now) {
        silenced(throttle.takeSilenced(silenceNanos, now));
    }

    /** Tells of panics silenced so far. */
    void tellSilenced() {
        silenced(throttle.takeSilenced());
    }

    private void silenced(long count) {
        if (count > 0) {
            SilenceReport report = new SilenceReport(
                    extension.name(), phase, count, policy.log().interval());
            listeners.tell(listener -> listener.onSilence(report));
        }
    }

    /** For the watchdog: a call has outlasted its budget. What the call's end tells its caller is counted by then. */
    void overrun(Passage passage, long call, Thread thread) {
        BudgetPolicy budget = policy.budget();
        boolean interrupt = budget.onOverrun() == OnOverrun.INTERRUPT;
        if (interrupt && passage.isInterruptedWithin()) {
            return; // Not yet: its end would clear the flag that is meant for this one.
        }
        StackTraceElement[] trace = thread.getStackTrace();
        if (!passage.claim(call)) {
            return;
        }
        try {
            stuck.incrementAndGet();
            tallies.increment(Tally.OVERRUNS);
        } finally {
            settle(passage, call, interrupt ? thread : null);
        }
        tellCount(Tally.OVERRUNS);
        OverrunReport report = new OverrunReport(
                extension.name(),
                phase,
                Instant.now(),
                budget.limit(),
                SafeText.of(thread.getName()),
                ThrowableText.frames(trace),
                interrupt);
        listeners.tell(listener -> listener.onOverrun(report));
    }

    /**
     * An interrupt runs code of whatever the thread is blocked in, which may be the extension's and hang. It has a thread to
     * itself, so that it holds up the extension's call only.
     */
    private static void settle(Passage passage, long call, @Nullable Thread interrupted) {
        if (interrupted != null) {
            try {
                DaemonThread.of("safe-interrupter", () -> interrupt(passage, call, interrupted))
                        .start();
                return;
            } catch (Throwable ours) {
                Listeners.complain("could not start a thread to interrupt a call", ours);
            }
        }
        passage.settle(call, interrupted);
    }

    /** What the interrupt runs may throw as well: nothing of that reaches the handler of uncaught exceptions. */
    private static void interrupt(Passage passage, long call, Thread interrupted) {
        try {
            passage.settle(call, interrupted);
        } catch (Throwable thrown) {
            Listeners.complain("an interrupt threw", thrown);
        }
    }

    /** A call that was found overdue has ended. */
    void unstick() {
        stuck.decrementAndGet();
    }

    // Quarantine.

    private Quarantine quarantine() {
        Quarantine current = quarantine;
        return current != null ? current : newQuarantine();
    }

    private synchronized Quarantine newQuarantine() {
        Quarantine current = quarantine;
        if (current == null) {
            current = new Quarantine(
                    extension.name(),
                    phase,
                    services.random(),
                    this::admit,
                    services.ticker().read());
            quarantine = current;
        }
        return current;
    }

    /** Rejects calls until released. */
    void impose(String reason) {
        entered(quarantine().impose(SafeText.of(reason), services.ticker().read()));
    }

    /** Lets calls through again. */
    void release() {
        Quarantine current = quarantine;
        QuarantineReport left =
                current == null ? null : current.release(services.ticker().read());
        if (left != null) {
            listeners.tell(listener -> listener.onReleased(left));
        }
    }

    void admit(Quarantine.Admission admission) {
        setGate(QUARANTINED, admission != Quarantine.Admission.ADMIT);
        if (admission == Quarantine.Admission.REJECT) {
            setGate(listeners.areCounting() ? CLOSED | TOLD : CLOSED, true);
            tellOfRejections();
        } else {
            setGate(CLOSED | TOLD, false);
        }
    }

    /** Has those who count told of rejected calls: of those that have been added, or are while the gate closes. */
    void tellOfRejections() {
        int observers = gate;
        while (listeners.areCounting() && (observers & (CLOSED | TOLD)) == CLOSED) {
            GATE.compareAndSet(this, observers, observers | TOLD);
            observers = gate;
        }
    }

    private void setGate(int observers, boolean needed) {
        if (needed) {
            GATE.getAndBitwiseOr(this, observers);
        } else {
            GATE.getAndBitwiseAnd(this, ~observers);
        }
    }

    PhaseSnapshot snapshot() {
        Quarantine current = quarantine;
        return new PhaseSnapshot(
                total(Tally.PANICS),
                total(Tally.ERRORS),
                total(Tally.OVERRUNS),
                total(Tally.REJECTED),
                total(Tally.QUARANTINES),
                Math.max(0, stuck.get()),
                current == null
                        ? QuarantineSnapshot.CLEAR
                        : current.snapshot(services.ticker().read()),
                extension.recentPanics().of(phase));
    }

    @Override
    public String toString() {
        return extension.name() + "/" + phase.tag();
    }
}
