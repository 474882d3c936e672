package dev.safe;

import dev.safe.internal.watch.Watchdog;
import dev.safe.testing.RecordingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * A boundary of extension {@code a} and what it needs, all on the thread of a test: a clock that the test advances, and a
 * watchdog that looks when the test tells it to. It can break down, as at the end of the stack.
 */
final class BareBoundary {

    /** Control flow of the host's engine. */
    static final class ControlFlow extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    final ManualTicker ticker = new ManualTicker();
    final RecordingListener listener = new RecordingListener();
    final List<PanicReport> recorded = new ArrayList<>();
    final Watchdog watchdog;
    final BoundaryServices services;
    final Boundary boundary;

    private final Phase phase;
    private final PhasePolicy policy;

    BareBoundary(Phase phase, PhasePolicy policy) {
        this(phase, policy, true, false);
    }

    /**
     * @param manual whether the boundary knows that the clock is driven by hand
     * @param timed whether calls are timed
     */
    BareBoundary(Phase phase, PhasePolicy policy, boolean manual, boolean timed) {
        this.phase = phase;
        this.policy = policy;
        FlightLog flightLog = new FlightLog() {
            @Override
            public boolean recordsPanics() {
                return true;
            }

            @Override
            public void panicked(PanicReport report, boolean logged, long count) {
                recorded.add(report);
            }
        };
        Listeners listeners = new Listeners(NOPLogger.NOP_LOGGER, ticker);
        listeners.add(listener);
        watchdog = new Watchdog(ticker::read, manual, (what, ours) -> {});
        watchdog.close(); // Starts no thread.
        services = new BoundaryServices(
                new Classifier(List.of(ControlFlow.class)),
                new Reporter(listeners, flightLog),
                new Rethrown(),
                watchdog,
                new ContainedTicker(ticker),
                () -> 0.5,
                timed);
        Policies policies = Policies.builder().policy(phase, policy).build();
        boundary = new Registry(policies, listeners, services).named("a").boundary(phase);
    }

    /** A policy under which panics are suppressed, and lead to quarantine. */
    static PhasePolicy.Builder suppressing(Phase phase, int threshold) {
        return PhasePolicy.builder(phase)
                .onPanic(OnPanic.SUPPRESS)
                .quarantine(QuarantinePolicy.builder()
                        .enabled(true)
                        .threshold(threshold)
                        .jitter(0)
                        .build());
    }

    /** A policy under which panics are thrown, and lead to nothing. */
    static PhasePolicy throwing(Phase phase) {
        return PhasePolicy.builder(phase)
                .onPanic(OnPanic.THROW)
                .quarantine(QuarantinePolicy.DEFAULT)
                .build();
    }

    /** From now on nothing works that asks the policy, which is to classify, to report and to decide. */
    @SuppressWarnings("NullAway") // The missing policy is what fails.
    void breakDown() {
        boundary.policy = null;
    }

    void repair() {
        boundary.policy = policy;
    }

    /** Breaks down at the first event of a type. */
    <T> void breakDownAt(Class<T> type) {
        boolean[] happened = {false};
        listener.on(type, event -> {
            if (!happened[0]) {
                happened[0] = true;
                breakDown();
            }
        });
    }

    void call(Callable<@Nullable StepEvent> behaviour) {
        TestExtension called = new TestExtension("a", behaviour);
        if (phase == Phase.FINALIZE) {
            EntryPoints.finalizeStep(boundary, called, 42);
        } else {
            EntryPoints.poll(boundary, called);
        }
    }

    void callThrowing(Throwable thrown) {
        call(() -> {
            throw TestExtension.<RuntimeException>sneaky(thrown);
        });
    }

    /** Makes a call that throws where nothing works. */
    void callThrowingInBreakdown(Throwable thrown) {
        call(() -> {
            breakDown();
            throw TestExtension.<RuntimeException>sneaky(thrown);
        });
    }

    List<String> panics() {
        return listener.all(PanicReport.class).stream().map(PanicReport::panic).toList();
    }

    List<String> counts(Tally tally) {
        return listener.all(RecordingListener.Counted.class).stream()
                .filter(count -> count.tally() == tally)
                .map(count -> count.phase().tag() + " " + count.total())
                .toList();
    }

    boolean owes() {
        return (boundary.gate & Gate.OWING) != 0;
    }

    boolean isVisitRequested() {
        return (boundary.gate & Gate.VISIT_REQUESTED) != 0;
    }

    QuarantineState state() {
        return boundary.snapshot().quarantine().state();
    }
}
