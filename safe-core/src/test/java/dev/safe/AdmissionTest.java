package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.hostfunction.CallBoundary;
import dev.safe.testing.RecordingListener;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls of a boundary are made, and what the gate says about them, with a watchdog that looks when it is told to. */
class AdmissionTest {

    private static final Duration BACKOFF = QuarantinePolicy.DEFAULT.initialBackoff();

    /** How long before the end of a backoff calls begin to ask. */
    private static final Duration MARGIN = Duration.ofMillis(200);

    private final IllegalStateException boom = new IllegalStateException("boom");

    /** A boundary whose clock passes for the system's, so that the watchdog rejects calls while a backoff lasts. */
    private static BareBoundary unmanned() {
        return new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 1).build(), false, false);
    }

    private static boolean is(BareBoundary bare, int bit) {
        return (bare.boundary.gate & bit) != 0;
    }

    private static int calls(BareBoundary bare, int times) {
        int[] calls = {0};
        for (int i = 0; i < times; i++) {
            bare.call(() -> {
                calls[0]++;
                return null;
            });
        }
        return calls[0];
    }

    // What the policy says.

    @ParameterizedTest
    @CsvSource({"false, false, false", "false, true, true", "true, false, true", "true, true, true"})
    void shouldReadTheTimeOfACallIfTheClockIsDrivenByHandOrCallsAreTimed(
            boolean manual, boolean timed, boolean stamped) {
        BareBoundary bare = new BareBoundary(Phase.POLL, BareBoundary.throwing(Phase.POLL), manual, timed);
        assertThat(is(bare, Gate.STAMPED)).isEqualTo(stamped);
        assertThat(is(bare, Gate.WATCHED)).isEqualTo(timed);
    }

    @Test
    void shouldThrowAndWatchAsThePolicyInForceSays() {
        BareBoundary bare = new BareBoundary(Phase.POLL, BareBoundary.throwing(Phase.POLL));
        assertThat(is(bare, CallBoundary.THROWING)).isTrue();
        assertThat(is(bare, Gate.WATCHED)).isFalse();
        bare.boundary.apply(Unquarantined.poll(new BudgetPolicy(Duration.ofSeconds(1), OnOverrun.REPORT)));
        assertThat(is(bare, CallBoundary.THROWING)).isFalse();
        assertThat(is(bare, Gate.WATCHED)).isTrue();
        assertThat(bare.boundary.watch().limitNanos())
                .isEqualTo(Duration.ofSeconds(1).toNanos());
        bare.boundary.apply(Unquarantined.POLL);
        assertThat(is(bare, Gate.WATCHED)).isFalse();
        assertThat(bare.boundary.watch().limitNanos()).isZero();
    }

    // The first call.

    @Test
    void shouldListTheExtensionAtItsFirstCallOnly() {
        BareBoundary bare = unmanned();
        assertThat(is(bare, Gate.UNUSED)).isTrue();
        bare.call(() -> null);
        assertThat(is(bare, Gate.UNUSED)).isFalse();
    }

    @Test
    @SuppressWarnings("NullAway") // The missing registry is what fails.
    void shouldMakeACallThoughTheExtensionCannotBeListedAndTryAgainAtTheNext() {
        Boundary unlisted = new Extension("a", null, unmanned().services).boundary(Phase.POLL);
        TestExtension target = new TestExtension("a", () -> null);
        EntryPoints.poll(unlisted, target);
        assertThat(target.calls).hasValue(1);
        assertThat(unlisted.gate & Gate.UNUSED).isEqualTo(Gate.UNUSED);
    }

    // Where nothing works.

    @Test
    void shouldMakeACallThatItCannotDecideAbout() {
        BareBoundary bare = unmanned();
        bare.boundary.set(Gate.OWING, true);
        bare.breakDown();
        assertThat(calls(bare, 2)).isEqualTo(2);
    }

    @Test
    void shouldRejectACallThatItCannotDecideAboutIfTheGateSaysSo() {
        BareBoundary bare = unmanned();
        bare.boundary.impose("by hand");
        bare.boundary.set(Gate.OWING, true);
        bare.breakDown();
        assertThat(calls(bare, 3)).isZero();
        bare.repair();
        assertThat(bare.boundary.snapshot().rejected()).isEqualTo(3);
    }

    // Backoff.

    @Test
    void shouldRejectCallsUntilShortlyBeforeTheBackoffIsOver() {
        BareBoundary bare = unmanned();
        bare.callThrowing(boom);
        assertThat(is(bare, Gate.ASKING)).isTrue();
        assertThat(bare.isVisitRequested()).isTrue();
        bare.watchdog.look();
        assertThat(is(bare, Gate.REJECTING)).isTrue();
        assertThat(bare.isVisitRequested()).isTrue();

        bare.ticker.advance(BACKOFF.minus(MARGIN).minusNanos(1));
        bare.watchdog.look();
        assertThat(is(bare, Gate.REJECTING)).isTrue();
        assertThat(bare.isVisitRequested()).isTrue();

        bare.ticker.advance(Duration.ofNanos(1));
        bare.watchdog.look();
        assertThat(is(bare, Gate.REJECTING)).isFalse();
        assertThat(is(bare, Gate.ASKING)).isTrue();
        assertThat(bare.isVisitRequested()).isFalse();

        assertThat(calls(bare, 1)).isZero();
        bare.ticker.advance(MARGIN);
        assertThat(calls(bare, 1)).isOne();
        assertThat(bare.boundary.snapshot().rejected()).isOne();
    }

    @Test
    void shouldAskAgainShortlyBeforeTheBackoffIsOverThoughTheWatchdogIsLate() {
        BareBoundary bare = unmanned();
        bare.callThrowing(boom);
        bare.watchdog.look();
        bare.ticker.advance(BACKOFF.minus(MARGIN).minusNanos(1));
        bare.call(() -> null);
        assertThat(is(bare, Gate.REJECTING)).isTrue();
        bare.ticker.advance(Duration.ofNanos(1));
        bare.call(() -> null);
        assertThat(is(bare, Gate.REJECTING)).isFalse();
        assertThat(bare.boundary.total(Tally.REJECTED)).isEqualTo(2);
    }

    @Test
    void shouldAskOnceNobodyVisitsAnyMore() {
        BareBoundary bare = unmanned();
        bare.boundary.visitsEnded();
        bare.callThrowing(boom);
        bare.watchdog.look();
        assertThat(is(bare, Gate.REJECTING)).isTrue();
        bare.boundary.visitsEnded();
        assertThat(is(bare, Gate.REJECTING)).isFalse();
        assertThat(is(bare, Gate.ASKING)).isTrue();
    }

    @Test
    void shouldLetEachCallAskIfTheClockIsDrivenByHand() {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 1).build());
        bare.callThrowing(boom);
        assertThat(bare.isVisitRequested()).isFalse();
        bare.boundary.requestVisit();
        bare.watchdog.look();
        assertThat(bare.isVisitRequested()).isFalse();
        assertThat(is(bare, Gate.ASKING)).isTrue();
        assertThat(is(bare, Gate.REJECTING)).isFalse();
    }

    // Reports.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReportAQuarantineOnceAndCountIt(boolean manual) {
        BareBoundary bare = new BareBoundary(
                Phase.POLL, BareBoundary.suppressing(Phase.POLL, 1).build(), manual, false);
        bare.callThrowing(boom);
        assertThat(bare.listener.all(RecordingListener.Entered.class)).hasSize(1);
        assertThat(bare.counts(Tally.QUARANTINES)).containsExactly("poll 1");
        bare.boundary.requestVisit();
        bare.watchdog.look();
        assertThat(bare.listener.all(RecordingListener.Entered.class)).hasSize(1);
        assertThat(bare.counts(Tally.QUARANTINES)).containsExactly("poll 1");
    }

    @Test
    void shouldEndAQuarantineThatPanicsLedToWhenTheExtensionIsRestarted() {
        BareBoundary bare = unmanned();
        bare.boundary.forgetTrips();
        bare.callThrowing(boom);
        bare.boundary.forgetTrips();
        assertThat(bare.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(bare.listener.lines(RecordingListener.Left.class))
                .containsExactly("released: the extension was restarted");
    }

    @Test
    void shouldHaveToBeVisitedUntilTheOverrunsThatItSilencedAreReported() {
        BareBoundary bare = new BareBoundary(Phase.POLL, Unquarantined.POLL);
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        bare.boundary.watch().overrunUnreported();
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isFalse();
        assertThat(bare.listener.lines(SilenceReport.class)).containsExactly("1 more");
        bare.boundary.watch().reportOverrun(Thread.currentThread(), new StackTraceElement[0]);
        bare.boundary.watch().overrunUnreported();
        assertThat(bare.boundary.visitSilenced(bare.ticker.read())).isTrue();
        assertThat(bare.listener.lines(SilenceReport.class)).hasSize(1);
    }

    @Test
    void shouldForgetTheOverrunsThatItSilencedWhenItIsReset() {
        BareBoundary bare = new BareBoundary(Phase.POLL, Unquarantined.POLL);
        bare.boundary.watch().overrunUnreported();
        bare.boundary.reset();
        bare.boundary.reportSilenced();
        assertThat(bare.listener.all(SilenceReport.class)).isEmpty();
        assertThat(is(bare, Gate.UNUSED)).isTrue();
    }
}
