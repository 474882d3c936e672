package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.time.Throttle;
import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a boundary counts, reports, silences and makes up for. */
class LedgerTest {

    private static final String BOOM = "java.lang.IllegalStateException: boom";
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final IllegalStateException boom = new IllegalStateException("boom");

    private static PhasePolicy.Builder poll(int burst) {
        return PhasePolicy.builder(Phase.POLL)
                .log(new LogPolicy(burst, MINUTE, StackTraceLogging.NEVER))
                .quarantine(QuarantinePolicy.DEFAULT);
    }

    private void panic(BareBoundary bare, int times) {
        for (int i = 0; i < times; i++) {
            bare.callThrowing(boom);
        }
    }

    private static List<String> reports(BareBoundary bare) {
        return bare.listener.lines(PanicReport.class, SilenceReport.class);
    }

    private static void owe(BareBoundary bare) {
        bare.boundary.set(Gate.OWING, true);
    }

    // Silence.

    @Test
    void shouldReportMoreWithinAnIntervalIfTheBurstBecomesLarger() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(2).build());
        panic(bare, 5);
        assertThat(reports(bare)).hasSize(2);
        bare.boundary.apply(poll(4).build());
        panic(bare, 5);
        assertThat(reports(bare)).hasSize(4);
    }

    @Test
    void shouldSumUpAnIntervalThatHasEndedBeforeItReportsTheNextPanic() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(1).build());
        panic(bare, 5);
        bare.ticker.advance(MINUTE.minusNanos(1));
        panic(bare, 1);
        assertThat(reports(bare)).containsExactly(BOOM);
        bare.ticker.advance(Duration.ofNanos(1));
        panic(bare, 1);
        assertThat(reports(bare)).containsExactly(BOOM, "5 more", BOOM);
    }

    @Test
    void shouldRecordWhatItDoesNotReport() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(1).build());
        panic(bare, 3);
        assertThat(reports(bare)).hasSize(1);
        assertThat(bare.recorded).extracting(PanicReport::panic).containsExactly(BOOM, BOOM, BOOM);
    }

    @Test
    void shouldHaveToBeVisitedUntilWhatItSilencedIsReported() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(1).build());
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        panic(bare, 1);
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        assertThat(bare.isVisitRequested()).isFalse();
        panic(bare, 2);
        assertThat(bare.isVisitRequested()).isTrue();
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isTrue();
        assertThat(reports(bare)).containsExactly(BOOM);
        bare.ticker.advance(MINUTE);
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        assertThat(reports(bare)).containsExactly(BOOM, "2 more");
    }

    @Test
    void shouldHaveToBeVisitedUntilTheErrorsThatItSilencedAreReported() {
        BareBoundary bare = new BareBoundary(
                Phase.TEARDOWN,
                PhasePolicy.builder(Phase.TEARDOWN)
                        .log(new LogPolicy(1, MINUTE, StackTraceLogging.NEVER))
                        .build());
        IOException error = new IOException("port taken");
        bare.callThrowing(error);
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        bare.callThrowing(error);
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isTrue();
        bare.ticker.advance(MINUTE);
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        assertThat(reports(bare)).containsExactly("1 more");
    }

    @Test
    void shouldRequestAVisitOnlyForAThrottleThatHasSilencedSomething() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(1).build());
        Throttle throttle = new Throttle();
        bare.boundary.visitAgainIfSilenced(throttle);
        assertThat(bare.isVisitRequested()).isFalse();
        throttle.silence(1);
        bare.boundary.visitAgainIfSilenced(throttle);
        assertThat(bare.isVisitRequested()).isTrue();
    }

    // Debts.

    @Test
    void shouldAddWhatCouldNotBeCountedToTheTotals() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(9).build());
        panic(bare, 1);
        bare.boundary.missedPanics = 3;
        bare.boundary.missedRejections = 2;
        assertThat(bare.boundary.total(Tally.PANICS)).isEqualTo(4);
        assertThat(bare.boundary.total(Tally.REJECTED)).isEqualTo(2);
        assertThat(bare.boundary.total(Tally.ERRORS)).isZero();
        bare.boundary.impose("by hand");
        bare.call(() -> null);
        assertThat(bare.boundary.total(Tally.REJECTED)).isEqualTo(3);
    }

    @Test
    void shouldReportTheLastOfThePanicsThatItMissedAndSumUpTheOthers() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(9).build());
        bare.boundary.missedPanics = 3;
        bare.boundary.missedPanic = boom;
        owe(bare);
        assertThat(bare.boundary.snapshot().panics()).isEqualTo(3);
        assertThat(bare.counts(Tally.PANICS)).containsExactly("poll 3");
        assertThat(reports(bare)).containsExactly(BOOM);
        assertThat(bare.isVisitRequested()).isTrue();
        bare.ticker.advance(MINUTE);
        bare.watchdog.look();
        assertThat(reports(bare)).containsExactly(BOOM, "2 more");
        assertThat(bare.listener.all(SilenceReport.class))
                .singleElement()
                .satisfies(silence -> assertThat(silence.types()).isEqualTo(Map.of(Throttle.OTHERS, 2L)));
    }

    @Test
    void shouldReportEachMemoryErrorThatItCouldNotReport() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(9).build());
        bare.boundary.unreportedMemoryErrors = 2;
        owe(bare);
        bare.call(() -> null);
        assertThat(bare.panics())
                .hasSize(2)
                .containsOnly("java.lang.OutOfMemoryError: there was no memory left to report it when it happened");
        assertThat(bare.listener.all(PanicReport.class))
                .extracting(PanicReport::action)
                .containsOnly(PanicAction.RETHROWN);
        assertThat(bare.owes()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, CLEAR", "2, CLEAR", "3, QUARANTINED", "1000, QUARANTINED"})
    void shouldSuspectAsManyPanicsAsItMissed(int missed, QuarantineState state) {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 3).build());
        bare.boundary.missedPanics = missed;
        bare.boundary.missedPanic = boom;
        owe(bare);
        assertThat(bare.state()).isEqualTo(state);
        assertThat(bare.boundary.snapshot().panics()).isEqualTo(missed);
    }

    /** A thread that can be interrupted at the second attempt. */
    private static final class Reluctant extends Thread {

        private boolean tried;
        private boolean interrupted;

        @Override
        public void interrupt() {
            if (!tried) {
                tried = true;
                throw new StackOverflowError();
            }
            interrupted = true;
        }
    }

    @Test
    void shouldGoOnOwingWhatItCannotMakeUpForYet() {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 3).build());
        Reluctant reluctant = new Reluctant();
        bare.boundary.missedPanics = 3;
        bare.boundary.missedPanic = boom;
        bare.boundary.unreportedMemoryErrors = 2;
        bare.boundary.missedInterrupt = reluctant;
        owe(bare);

        assertThat(bare.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(bare.owes()).isTrue();
        assertThat(bare.boundary.total(Tally.PANICS)).isEqualTo(3);
        assertThat(bare.panics()).isEmpty();

        assertThat(bare.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(bare.owes()).isFalse();
        assertThat(reluctant.interrupted).isTrue();
        assertThat(bare.boundary.total(Tally.PANICS)).isEqualTo(3);
        assertThat(bare.panics()).hasSize(3).endsWith(BOOM);
        bare.boundary.reportSilenced();
        assertThat(reports(bare)).endsWith("2 more");
    }

    /** Something else may have been missed while it tried. */
    @Test
    void shouldKeepTheNewestOfWhatItMissedWhileItCouldNotMakeUp() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(9).build());
        Reluctant second = new Reluctant();
        second.tried = true;
        Thread first = new Thread() {
            @Override
            public void interrupt() {
                bare.boundary.missedInterrupt = second;
                bare.boundary.missedPanic = new IllegalStateException("newer");
                bare.boundary.missedPanics++;
                throw new StackOverflowError();
            }
        };
        bare.boundary.missedPanics = 1;
        bare.boundary.missedPanic = boom;
        bare.boundary.missedInterrupt = first;
        owe(bare);
        bare.call(() -> null);
        assertThat(second.interrupted).isFalse();
        bare.call(() -> null);
        assertThat(second.interrupted).isTrue();
        assertThat(bare.boundary.snapshot().panics()).isEqualTo(2);
        assertThat(bare.panics()).containsExactly("java.lang.IllegalStateException: newer");
    }

    @Test
    void shouldForgetWhatItSilencedWhenItIsReset() {
        BareBoundary bare = new BareBoundary(Phase.POLL, poll(1).build());
        panic(bare, 5);
        bare.boundary.missedPanics = 3;
        bare.boundary.missedRejections = 2;
        owe(bare);
        bare.boundary.reset();
        bare.boundary.reportSilenced();
        assertThat(reports(bare)).containsExactly(BOOM);
        assertThat(bare.owes()).isFalse();
        assertThat(bare.boundary.total(Tally.PANICS)).isZero();
        assertThat(bare.boundary.total(Tally.REJECTED)).isZero();
        assertThat(bare.listener.all(RecordingListener.Counted.class)).hasSize(5);
    }
}
