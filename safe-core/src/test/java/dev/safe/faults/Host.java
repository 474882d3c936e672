package dev.safe.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.EntryPoint;
import dev.safe.ErrorReport;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionPanicException;
import dev.safe.OnPanic;
import dev.safe.OverrunReport;
import dev.safe.PanicReport;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineState;
import dev.safe.RestartReport;
import dev.safe.SetupEnv;
import dev.safe.SilenceReport;
import dev.safe.StepEvent;
import dev.safe.Supervision;
import dev.safe.Tally;
import dev.safe.TeardownContext;
import dev.safe.WatchdogLook;
import dev.safe.testing.RecordingListener;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host with two extensions, where all that the guard calls may fail. It compares each call's outcome with what the contract
 * says about what the extension did, and counts along.
 */
final class Host implements AutoCloseable {

    /** Control flow of the host's engine. */
    static final class ControlFlow extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("storage"), Map.of());
    private static final TeardownContext CONTEXT = new TeardownContext(Instant.EPOCH);
    private static final MethodHandle GET = get();
    private static final Duration LONG = Duration.ofDays(1);

    /** Calls finalize as a framework's proxy does, which has to ask for the event's id. */
    private final EntryPoint<Long> finalizeStep = new EntryPoint<>() {
        @Override
        public @Nullable Object proceed(Long id) {
            subject.finalizeStep(id);
            return null;
        }

        @Override
        public long id(Long id) {
            faults.at(Place.EVENT_ID);
            return id;
        }
    };

    final ExtensionGuard guard;
    final Subject subject;
    final RecordingListener recorded = new RecordingListener();

    private final Faults faults;
    private final FaultyLog log;
    private final Subject bystander;
    private final AtomicLong time =
            new AtomicLong(Long.MAX_VALUE - Duration.ofMinutes(2).toNanos());
    private final ExtensionCapability guarded;
    private final ExtensionCapability guardedBystander;
    private final Supplier<@Nullable StepEvent> function;
    private final MethodHandle handle;
    private final Subject around;
    private final Map<Phase, Map<Tally, Long>> expected = new EnumMap<>(Phase.class);
    private boolean interruptExpected;
    private int calls;

    Host(Faults faults, Consumer<ExtensionGuard.Builder> policies) {
        this.faults = faults;
        log = new FaultyLog(faults, ExtensionGuard.class.getName());
        ExtensionGuard.Builder builder = ExtensionGuard.builder()
                .passThrough(ControlFlow.class)
                .listener(new FaultyListener(faults))
                .listener(recorded)
                .timers(true)
                .jitter(() -> {
                    faults.at(Place.RANDOM);
                    return 0.5;
                })
                .ticker(() -> {
                    faults.at(Place.TICKER);
                    return time.get();
                });
        policies.accept(builder);
        guard = builder.build();
        subject = new Subject("subject", faults);
        bystander = new Subject("bystander", faults);
        guardedBystander = guard.guarded(bystander);
        around = new Subject("subject", faults);
        guard.registerAs(around, "subject");
        faults.arm(true);
        meet();
        guarded = guard.guarded(subject);
        function = hostFunction();
        handle = guard.hostFunction("subject", "handle", GET.bindTo(subject));
        around.behave(guarded::poll);
    }

    /** Makes the subject known. Its {@code name} may fail, which is a panic in setup under the name that is given. */
    private void meet() {
        boolean failedBefore = faults.hasFailedAt(Place.NAME);
        Throwable thrown = null;
        try {
            assertThat(guard.register(subject, "subject")).isEqualTo("subject");
        } catch (Throwable caught) {
            thrown = caught;
        }
        boolean failed = !failedBefore && faults.hasFailedAt(Place.NAME);
        if (failed) {
            expect(Phase.SETUP, Tally.PANICS);
        }
        assertThat(thrown).isSameAs(failed && isFatal(failure()) ? failure() : null);
    }

    private @Nullable Throwable failure() {
        Faults.Fault fault = faults.fault();
        return fault == null ? null : fault.failure();
    }

    private static MethodHandle get() {
        try {
            return MethodHandles.lookup().findVirtual(Subject.class, "get", MethodType.methodType(StepEvent.class));
        } catch (ReflectiveOperationException missing) {
            throw new AssertionError(missing);
        }
    }

    @SuppressWarnings("unchecked")
    private Supplier<@Nullable StepEvent> hostFunction() {
        return guard.hostFunction("subject", "get", Supplier.class, subject);
    }

    // What a scenario does.

    /** Has the subject panic from now on, or throw whatever else this makes. */
    void failing(Supplier<? extends Throwable> failures) {
        subject.behave(() -> {
            Throwable failure = failures.get();
            interruptExpected |= failure instanceof InterruptedException;
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        });
    }

    /** Returns something to throw that foreign code speaks for. */
    Throwable panic() {
        return new AskedPanic(faults, "boom");
    }

    void panicking() {
        failing(this::panic);
    }

    void healthy() {
        subject.behave(() -> Subject.EVENT);
    }

    /** Has the subject take less than its budget, under the eyes of the watchdog. */
    void lasting(Duration duration) {
        subject.behave(() -> {
            pass(duration);
            WatchdogLook.at(guard);
            return Subject.EVENT;
        });
    }

    /** Has the subject take more than its budget. The watchdog looks twice, since it may fail to read the time once. */
    void overrunning(Duration duration) {
        subject.behave(() -> {
            for (int looks = 0; looks < 2; looks++) {
                pass(duration);
                WatchdogLook.at(guard);
            }
            expect(Phase.POLL, Tally.OVERRUNS);
            return Subject.EVENT;
        });
    }

    void pass(Duration duration) {
        time.addAndGet(duration.toNanos());
    }

    void expect(Phase phase, Tally tally) {
        expected.computeIfAbsent(phase, unused -> new EnumMap<>(Tally.class)).merge(tally, 1L, Long::sum);
    }

    /** Removes the subject and makes it known again. Its counts begin anew. */
    void removeAndMeetAgain() {
        guard.remove("subject");
        expected.clear();
        recorded.clear();
        meet();
    }

    /** Calls the subject. Fails if the outcome is not the one that its policy promises. Returns whether it was called. */
    boolean call(Phase phase) {
        subject.forget();
        Object result = null;
        Throwable caught = null;
        try {
            result = cross(phase);
        } catch (Throwable thrown) {
            caught = thrown;
        }
        if (!subject.wasCalled()) {
            expect(phase, Tally.REJECTED);
        }
        assertOutcome(phase, result, caught);
        assertBystanderIsWell();
        return subject.wasCalled();
    }

    /** Goes the two ways in by turns. */
    private @Nullable Object cross(Phase phase) throws Throwable {
        boolean decorated = calls++ % 2 == 0;
        switch (phase) {
            case SETUP -> {
                if (decorated) {
                    guarded.setup(ENV);
                } else {
                    guard.callSetup(subject, ENV);
                }
            }
            case POLL -> {
                return decorated ? guarded.poll() : guard.callPoll(subject);
            }
            case FINALIZE -> {
                if (decorated) {
                    guarded.finalizeStep(7);
                } else {
                    return guard.call(subject, phase, 7L, finalizeStep);
                }
            }
            case TEARDOWN -> {
                if (decorated) {
                    guarded.teardown(CONTEXT);
                } else {
                    guard.callTeardown(subject, CONTEXT);
                }
            }
            case HOST -> {
                return function.get();
            }
        }
        return null;
    }

    private void assertOutcome(Phase phase, @Nullable Object result, @Nullable Throwable caught) {
        Throwable thrown = subject.thrown();
        boolean isError = isReturnedError(phase, thrown);
        if (thrown == null) {
            boolean returns = subject.wasCalled() && (phase == Phase.POLL || phase == Phase.HOST);
            assertThat(caught).isNull();
            assertThat(result).isSameAs(returns ? Subject.EVENT : null);
            return;
        }
        assertThat(result).isNull();
        if (thrown instanceof ControlFlow) {
            assertThat(caught).isSameAs(thrown);
            return;
        }
        expect(phase, isError ? Tally.ERRORS : Tally.PANICS);
        if (isFatal(thrown) || (isError && phase == Phase.SETUP)) {
            assertThat(caught).isSameAs(thrown);
        } else if (isError || guard.policy("subject", phase).onPanic() == OnPanic.SUPPRESS) {
            assertThat(caught).isNull();
        } else {
            assertThat(caught).isExactlyInstanceOf(ExtensionPanicException.class);
            assertThat(((ExtensionPanicException) caught).value()).isSameAs(thrown);
        }
    }

    private static boolean isReturnedError(Phase phase, @Nullable Throwable thrown) {
        return (phase == Phase.SETUP || phase == Phase.TEARDOWN)
                && thrown instanceof Exception
                && !(thrown instanceof RuntimeException);
    }

    private static boolean isFatal(@Nullable Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
    }

    private void assertBystanderIsWell() {
        assertThat(guardedBystander.poll()).isSameAs(Subject.EVENT);
    }

    /** Calls the subject as native code does, which nothing may be thrown at. */
    void callHandle() {
        subject.forget();
        Object result = Subject.EVENT;
        Throwable caught = null;
        try {
            result = (StepEvent) handle.invokeExact();
        } catch (Throwable thrown) {
            caught = thrown;
        }
        assertThat(caught).isNull();
        assertThat(result).isNull();
        expect(Phase.HOST, Tally.PANICS);
        assertBystanderIsWell();
    }

    /** Polls the subject across a second decorator, around the first one. Its panics are counted once. */
    void callNested() {
        Throwable caught = null;
        try {
            assertThat(guard.callPoll(around)).isNull();
        } catch (Throwable thrown) {
            caught = thrown;
        }
        expect(Phase.POLL, Tally.PANICS);
        boolean thrown = guard.policy("subject", Phase.POLL).onPanic() == OnPanic.THROW;
        assertThat(ExtensionPanicException.findIn(caught).map(ExtensionPanicException::value))
                .isEqualTo(thrown ? Optional.ofNullable(subject.thrown()) : Optional.empty());
        assertBystanderIsWell();
    }

    /** Calls the subject until it is called, since what has failed may put that off once. */
    void callUntilAdmitted(Phase phase) {
        assertThat(call(phase) || call(phase)).isTrue();
    }

    void assertRejected(Phase phase) {
        assertThat(call(phase)).as("%s is let through", phase).isFalse();
    }

    /** Fails unless the subject came last, rather than went. */
    void assertListenersKnowTheSubject() {
        assertThat(recorded.lines(RecordingListener.Registered.class, RecordingListener.Removed.class))
                .containsExactly("registered subject");
    }

    void assertRestarts(Supervision claim, int restarts) {
        assertThat(claim.restarts()).isEqualTo(restarts);
        assertThat(recorded.all(RestartReport.class)).hasSize(restarts);
    }

    // What has to be true afterwards.

    /** Fails unless everything is counted and reported once, nothing is in flight, and the extension can go on. */
    void assertWhole() {
        faults.arm(false);
        healthy();
        for (Phase phase : Phase.values()) {
            recover(phase);
        }
        pass(LONG);
        WatchdogLook.at(guard);
        guard.close();
        for (Phase phase : Phase.values()) {
            assertCounts(phase);
        }
        PhaseSnapshot other = guard.snapshot("bystander", Phase.POLL).orElseThrow();
        assertThat(other.panics() + other.rejected() + other.overruns() + other.stuck())
                .isZero();
        assertThat(Thread.interrupted()).as("interrupt flag").isEqualTo(interruptExpected);
    }

    /** Makes probes until the quarantine is left, with a generous pause before each. */
    private void recover(Phase phase) {
        for (int probes = 0; probes < 3; probes++) {
            pass(LONG);
            WatchdogLook.at(guard);
            call(phase);
        }
        assertThat(subject.wasCalled()).as("%s is let through", phase).isTrue();
        assertThat(snapshot(phase).quarantine().state()).isEqualTo(QuarantineState.CLEAR);
    }

    private PhaseSnapshot snapshot(Phase phase) {
        return guard.snapshot("subject", phase).orElseThrow();
    }

    private void assertCounts(Phase phase) {
        PhaseSnapshot counts = snapshot(phase);
        assertThat(counts.stuck()).as("stuck in %s", phase).isZero();
        for (Tally tally : new Tally[] {Tally.PANICS, Tally.ERRORS, Tally.REJECTED, Tally.OVERRUNS}) {
            long count = expected.getOrDefault(phase, Map.of()).getOrDefault(tally, 0L);
            assertThat(counts.count(tally)).as("%s in %s", tally, phase).isEqualTo(count);
            assertThat(announced(phase, tally))
                    .as("%s announced in %s", tally, phase)
                    .isEqualTo(count);
        }
        assertThat(reported(PanicReport.class, PanicReport::phase, phase) + silenced(phase, Tally.PANICS))
                .as("panics reported in %s", phase)
                .isEqualTo(counts.panics());
        assertThat(reported(OverrunReport.class, OverrunReport::phase, phase) + silenced(phase, Tally.OVERRUNS))
                .as("overruns reported in %s", phase)
                .isEqualTo(counts.overruns());
        assertThat(reported(ErrorReport.class, ErrorReport::phase, phase) + silenced(phase, Tally.ERRORS))
                .as("errors reported in %s", phase)
                .isEqualTo(counts.errors());
        assertThat(recorded.all(RecordingListener.Counted.class).stream()
                        .filter(count -> count.phase() == phase && count.tally() == Tally.QUARANTINES)
                        .count())
                .as("quarantines announced in %s", phase)
                .isGreaterThanOrEqualTo(counts.quarantines());
    }

    private long announced(Phase phase, Tally tally) {
        return recorded.all(RecordingListener.Counted.class).stream()
                .filter(count -> count.extension().equals("subject"))
                .filter(count -> count.phase() == phase && count.tally() == tally)
                .mapToLong(RecordingListener.Counted::total)
                .max()
                .orElse(0);
    }

    private <T> long reported(Class<T> type, Function<T, Phase> phaseOf, Phase phase) {
        return recorded.all(type).stream()
                .filter(report -> phaseOf.apply(report) == phase)
                .count();
    }

    private long silenced(Phase phase, Tally tally) {
        return recorded.all(SilenceReport.class).stream()
                .filter(report -> report.phase() == phase && report.tally() == tally)
                .mapToLong(SilenceReport::count)
                .sum();
    }

    @Override
    public void close() {
        faults.arm(false);
        log.close();
        guard.close();
    }
}
