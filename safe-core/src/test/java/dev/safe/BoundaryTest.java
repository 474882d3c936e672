package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a call gets, and what is made up for later, if the boundary fails at one of its steps, as each may at the end of the
 * stack.
 */
@Timeout(60)
class BoundaryTest {

    private static final String BOOM = "java.lang.IllegalStateException: boom";

    private final IllegalStateException boom = new IllegalStateException("boom");
    private final OutOfMemoryError full = new OutOfMemoryError("full");

    @AfterEach
    void clearFlag() {
        Thread.interrupted();
    }

    private static BareBoundary suppressing(Phase phase) {
        return new BareBoundary(phase, BareBoundary.suppressing(phase, 1).build());
    }

    private static BareBoundary throwing(Phase phase) {
        return new BareBoundary(phase, BareBoundary.throwing(phase));
    }

    // Nothing works once the call has thrown.

    @ParameterizedTest
    @CsvSource({"POLL, false", "POLL, true", "FINALIZE, false", "FINALIZE, true"})
    void shouldMakeUpForAPanicThatItCouldNotCount(Phase phase, boolean timed) {
        BareBoundary bare =
                new BareBoundary(phase, BareBoundary.suppressing(phase, 1).build(), true, timed);
        bare.callThrowingInBreakdown(boom);
        assertThat(bare.boundary.total(Tally.PANICS)).isOne();
        assertThat(bare.panics()).isEmpty();
        bare.repair();
        assertThat(bare.boundary.snapshot().panics()).isOne();
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.boundary.snapshot().panics()).isOne();
        assertThat(bare.panics()).containsExactly(BOOM);
        assertThat(bare.counts(Tally.PANICS)).containsExactly(phase.tag() + " 1");
        assertThat(bare.owes()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldSuppressWhatItCouldNotClassifyUnlessItIsFatal(Phase phase) {
        BareBoundary bare = suppressing(phase);
        assertThat(catchThrowable(() -> bare.callThrowingInBreakdown(boom))).isNull();
        assertThat(catchThrowable(() -> bare.callThrowingInBreakdown(new StackOverflowError())))
                .isNull();
        assertThat(catchThrowable(() -> bare.callThrowingInBreakdown(full))).isSameAs(full);
        InternalError broken = new InternalError("broken");
        assertThat(catchThrowable(() -> bare.callThrowingInBreakdown(broken))).isSameAs(broken);
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldThrowWhatItCouldNotClassifyIfThePolicyIsToThrow(Phase phase) {
        BareBoundary bare = throwing(phase);
        assertThat(catchThrowable(() -> bare.callThrowingInBreakdown(boom))).isSameAs(boom);
    }

    @ParameterizedTest
    @CsvSource({"POLL, false", "POLL, true", "FINALIZE, false", "FINALIZE, true"})
    void shouldCountOnceWhatANestedCallPassedOnUncounted(Phase phase, boolean repaired) {
        BareBoundary bare = throwing(phase);
        Throwable passedOn = catchThrowable(() -> bare.call(() -> {
            try {
                bare.callThrowingInBreakdown(boom);
            } finally {
                if (repaired) {
                    bare.repair();
                }
            }
            return null;
        }));
        assertThat(passedOn).isSameAs(boom);
        assertThat(bare.boundary.total(Tally.PANICS)).isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldCountAThrowableEachTimeThoughNoneCouldBeCounted(Phase phase) {
        BareBoundary bare = throwing(phase);
        for (int i = 0; i < 3; i++) {
            assertThat(catchThrowable(() -> bare.callThrowingInBreakdown(boom))).isSameAs(boom);
        }
        assertThat(bare.boundary.total(Tally.PANICS)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"POLL, false", "POLL, true", "FINALIZE, false", "FINALIZE, true"})
    void shouldSetTheFlagOfAnInterruptThatItMissed(Phase phase, boolean timed) {
        BareBoundary bare =
                new BareBoundary(phase, BareBoundary.suppressing(phase, 5).build(), true, timed);
        bare.callThrowingInBreakdown(new InterruptedException());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        bare.repair();
        bare.call(() -> null);
        assertThat(Thread.interrupted()).isTrue();
        bare.callThrowingInBreakdown(boom);
        bare.repair();
        bare.call(() -> null);
        assertThat(Thread.interrupted()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldNotSetTheFlagAgainForTheInterruptOfABudget(Phase phase) {
        ManualTicker ticker = new ManualTicker();
        PhasePolicy policy = PhasePolicy.builder(phase)
                .budget(new BudgetPolicy(Duration.ofSeconds(1), OnOverrun.INTERRUPT))
                .build();
        try (ExtensionGuard guard =
                ExtensionGuard.builder().ticker(ticker).policy(phase, policy).build()) {
            ExtensionCapability extension = guard.guarded(new TestExtension("a", () -> {
                ticker.advance(Duration.ofSeconds(2));
                guard.look();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    awaitInterrupters();
                    breakDown(guard.registry().known("a").boundary(phase));
                }
                return null;
            }));
            if (phase == Phase.POLL) {
                extension.poll();
            } else {
                extension.finalizeStep(1);
            }
            guard.registry().known("a").boundary(phase).policy = policy;
            assertThat(guard.snapshot("a").orElseThrow().phase(phase).panics()).isOne();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @SuppressWarnings("NullAway") // The missing policy is what fails.
    private static void breakDown(Boundary boundary) {
        boundary.policy = null;
    }

    private static void awaitInterrupters() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("safe-interrupter")) {
                thread.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldTimeTheCallAfterOneThatItCouldNotEnd(Phase phase) {
        BareBoundary bare =
                new BareBoundary(phase, BareBoundary.suppressing(phase, 5).build(), true, true);
        bare.callThrowingInBreakdown(boom);
        bare.repair();
        bare.call(() -> {
            bare.ticker.advance(Duration.ofSeconds(3));
            return null;
        });
        assertThat(bare.listener.all(RecordingListener.Called.class))
                .containsExactly(new RecordingListener.Called(
                        "a", phase, Duration.ofSeconds(3).toNanos()));
    }

    // Something works.

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldMakeUpForAPanicThatItCountedAndCouldNotReport(Phase phase) {
        BareBoundary bare = suppressing(phase);
        bare.breakDownAt(RecordingListener.Counted.class);
        assertThat(catchThrowable(() -> bare.callThrowing(boom))).isNull();
        assertThat(bare.boundary.total(Tally.PANICS)).isOne();
        assertThat(bare.panics()).isEmpty();
        bare.repair();
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.panics()).containsExactly(BOOM);
        assertThat(bare.boundary.snapshot().panics()).isOne();
    }

    @Test
    void shouldMakeUpForEachOfThePanicsThatItCouldNotReport() {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 2).build());
        for (int i = 0; i < 2; i++) {
            bare.breakDownAt(RecordingListener.Counted.class);
            bare.call(
                    () -> { // Nothing works when the second call begins.
                        bare.repair();
                        throw boom;
                    });
        }
        assertThat(bare.panics()).isEmpty();
        bare.repair();
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.boundary.snapshot().panics()).isEqualTo(2);
        bare.boundary.reportSilenced();
        assertThat(bare.listener.lines(PanicReport.class, SilenceReport.class)).containsExactly(BOOM, "1 more");
    }

    @Test
    void shouldMakeUpForAQuarantineThatItCouldNotEnter() {
        BareBoundary bare = suppressing(Phase.POLL);
        bare.breakDownAt(PanicReport.class);
        bare.callThrowing(boom);
        bare.repair();
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.panics()).containsExactly(BOOM);
        assertThat(bare.boundary.snapshot().panics()).isOne();
    }

    @Test
    void shouldReportAMemoryErrorWithoutKeepingItAndAnyOtherAsItIs() {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 5).build());
        bare.breakDownAt(RecordingListener.Counted.class);
        assertThat(catchThrowable(() -> bare.callThrowing(full))).isSameAs(full);
        bare.repair();
        assertThat(bare.boundary.snapshot().panics()).isOne();
        bare.breakDownAt(RecordingListener.Counted.class);
        InternalError broken = new InternalError("broken");
        assertThat(catchThrowable(() -> bare.callThrowing(broken))).isSameAs(broken);
        bare.repair();
        assertThat(bare.boundary.snapshot().panics()).isEqualTo(2);
        assertThat(bare.panics())
                .containsExactly(
                        "java.lang.OutOfMemoryError: there was no memory left to report it when it happened",
                        "java.lang.InternalError: broken");
    }

    @Test
    void shouldMakeUpForNoPanicIfItCouldNotReportAnError() {
        BareBoundary bare = new BareBoundary(Phase.SETUP, PhasePolicy.builtIn(Phase.SETUP));
        IOException error = new IOException("port taken");
        bare.breakDownAt(RecordingListener.Counted.class);
        assertThat(catchThrowable(() -> bare.callThrowing(error))).isSameAs(error);
        bare.repair();
        assertThat(bare.owes()).isFalse();
        assertThat(bare.boundary.snapshot().errors()).isOne();
        assertThat(bare.boundary.snapshot().panics()).isZero();
    }

    @Test
    void shouldThrowAPanicThatItCouldNotWrapAndCountItOnce() {
        BareBoundary bare = throwing(Phase.POLL);
        bare.breakDownAt(PanicReport.class);
        Throwable passedOn = catchThrowable(() -> bare.call(() -> {
            try {
                bare.callThrowing(boom);
            } finally {
                bare.repair();
            }
            return null;
        }));
        assertThat(passedOn).isSameAs(boom);
        assertThat(bare.boundary.snapshot().panics()).isOne();
        assertThat(bare.panics()).containsExactly(BOOM);
    }

    @Test
    @SuppressWarnings("NullAway") // The missing extension is what fails.
    void shouldThrowAPanicItselfIfItHasNoNameToWrapItWith() {
        BareBoundary bare = throwing(Phase.POLL);
        Boundary nameless = new Boundary(null, Phase.POLL, bare.services);
        nameless.set(Gate.UNUSED, false);
        nameless.policy = BareBoundary.throwing(Phase.POLL);
        assertThat(catchThrowable(() -> EntryPoints.poll(nameless, TestExtension.throwing("a", boom))))
                .isSameAs(boom);
    }

    @Test
    void shouldSetTheFlagLaterIfTheThreadCannotBeInterruptedNow() throws Exception {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 5).build());
        AtomicReference<@Nullable Boolean> later = new AtomicReference<>();
        Thread caller = new Thread() {

            private boolean tried;

            @Override
            public void interrupt() {
                if (!tried) {
                    tried = true;
                    throw new StackOverflowError();
                }
                super.interrupt();
            }

            @Override
            public void run() {
                bare.callThrowing(new InterruptedException());
                bare.call(() -> null);
                later.set(isInterrupted());
            }
        };
        caller.start();
        caller.join();
        assertThat(later).hasValue(true);
        assertThat(bare.boundary.snapshot().panics()).isOne();
        assertThat(bare.panics()).hasSize(1);
    }

    // What was caught elsewhere.

    @Test
    void shouldCountReportAndSuspectWhatWasCaughtElsewhere() {
        BareBoundary bare = suppressing(Phase.HOST);
        bare.boundary.recovered("f", boom);
        assertThat(bare.boundary.snapshot().panics()).isOne();
        assertThat(bare.panics()).containsExactly(BOOM);
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.owes()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void shouldSetTheFlagForAnInterruptThatWasCaughtElsewhere() {
        BareBoundary bare = suppressing(Phase.HOST);
        bare.boundary.recovered("f", new InterruptedException());
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldLeaveTheFlagAloneForAnInterruptThatPassesThrough() {
        try (ExtensionGuard guard =
                ExtensionGuard.builder().passThrough(InterruptedException.class).build()) {
            guard.recoverHost("a", "f", new InterruptedException());
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void shouldMakeUpForWhatWasCaughtElsewhereAndCouldNotBeCounted() {
        BareBoundary bare = suppressing(Phase.HOST);
        bare.breakDown();
        bare.boundary.recovered("f", boom);
        assertThat(bare.boundary.total(Tally.PANICS)).isOne();
        bare.repair();
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.boundary.snapshot().panics()).isOne();
        assertThat(bare.panics()).containsExactly(BOOM);
    }

    @Test
    void shouldMakeUpForWhatWasCaughtElsewhereAndCouldNotBeReported() {
        BareBoundary bare = new BareBoundary(
                Phase.HOST, BareBoundary.suppressing(Phase.HOST, 2).build());
        for (int i = 0; i < 2; i++) {
            bare.breakDownAt(RecordingListener.Counted.class);
            bare.boundary.recovered("f", boom);
            bare.repair();
        }
        assertThat(bare.panics()).isEmpty();
        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.boundary.snapshot().panics()).isEqualTo(2);
        bare.boundary.reportSilenced();
        assertThat(bare.listener.lines(PanicReport.class, SilenceReport.class)).containsExactly(BOOM, "1 more");
    }

    // All works.

    @Test
    void shouldCloseAProbeThatEndsByControlFlow() {
        BareBoundary bare = suppressing(Phase.POLL);
        bare.callThrowing(boom);
        bare.ticker.advance(Duration.ofMinutes(5));
        assertThat(catchThrowable(() -> bare.callThrowing(new BareBoundary.ControlFlow())))
                .isInstanceOf(BareBoundary.ControlFlow.class);
        assertThat(bare.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(bare.listener.lines(RecordingListener.Left.class)).containsExactly("released: the probe returned");
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldTimeEachCallThatReturns(Phase phase) {
        BareBoundary bare =
                new BareBoundary(phase, BareBoundary.suppressing(phase, 1).build(), true, true);
        for (int i = 0; i < 2; i++) {
            bare.call(() -> {
                bare.ticker.advance(Duration.ofSeconds(3));
                return null;
            });
        }
        RecordingListener.Called called =
                new RecordingListener.Called("a", phase, Duration.ofSeconds(3).toNanos());
        assertThat(bare.listener.all(RecordingListener.Called.class)).containsExactly(called, called);
    }

    @ParameterizedTest
    @EnumSource(names = {"POLL", "FINALIZE"})
    void shouldMakeNoCallThatIsRejected(Phase phase) {
        BareBoundary bare = suppressing(phase);
        bare.boundary.impose("by hand");
        bare.call(() -> {
            throw new AssertionError("called");
        });
        assertThat(bare.boundary.snapshot().panics()).isZero();
        assertThat(bare.boundary.snapshot().rejected()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"FINALIZE, false, 7", "FINALIZE, true,", "POLL, false,"})
    void shouldReportTheEventThatIsFinalizedIfItIsKnown(Phase phase, boolean hidden, @Nullable Long reported) {
        BareBoundary bare = suppressing(phase);
        bare.boundary.<Long, RuntimeException>call(7L, new EntryPoint<>() {
            @Override
            public @Nullable Object proceed(Long event) {
                throw boom;
            }

            @Override
            public long id(Long event) {
                if (hidden) {
                    throw new IllegalStateException("unknown");
                }
                return event;
            }
        });
        assertThat(bare.listener.all(PanicReport.class)).singleElement().satisfies(report -> assertThat(report.id())
                .isEqualTo(reported));
    }

    @Test
    void shouldNameItsExtensionAndItsPhase() {
        BareBoundary bare = suppressing(Phase.POLL);
        assertThat(bare.boundary.extension()).isEqualTo("a");
        assertThat(bare.boundary).hasToString("a/poll");
    }
}
