package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.QuarantineReport;
import dev.safe.QuarantineState;
import dev.safe.RestartReport;
import dev.safe.SetupEnv;
import dev.safe.supervisor.Incarnation.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The steps of an extension, and when the next one is due. */
class SupervisedExtensionTest extends SteppedTest {

    private static QuarantineReport tripped(String reason) {
        return report(QuarantineState.QUARANTINED, Instant.EPOCH, reason);
    }

    private static QuarantineReport report(QuarantineState state, @Nullable Instant until, String reason) {
        return new QuarantineReport("a", Phase.POLL, state, 1, until, reason, false);
    }

    /** Reports what has tripped. The extension asks the guard whether it still has. */
    private void trip(SupervisedExtension extension, QuarantineReport report) {
        guard.quarantine("a", Phase.POLL, report.reason());
        extension.quarantined(report);
    }

    @Test
    void shouldBeginOneLifeOnceItIsStarted() {
        SupervisedExtension extension = onlyInstance();
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).isEmpty();
        assertThat(extension.isDown()).isTrue();
        started(extension);
        assertThat(extension.isSettled(time.get())).isFalse();
        begin(extension);
        assertThat(extension.isDown()).isFalse();
        assertThat(extension.isUp()).isFalse();
        assertThat(extension.isSettled(time.get())).isFalse();
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).isEmpty();
        assertThat(newest().isRestart()).isFalse();
    }

    @Test
    void shouldWaitWhereAnotherSetupHasItsHeadStart() {
        SupervisedExtension extension = started(onlyInstance());
        assertThat(extension.step(time.get(), false, false, later)).isEqualTo(Keeper.HEAD_START);
        assertThat(later).isEmpty();
        assertThat(extension.isDown()).isTrue();
    }

    @Test
    void shouldBeStartingUntilItIsUpOrTheHeadStartIsOver() {
        SupervisedExtension extension = started(onlyInstance());
        assertThat(extension.isStartingSince(time.get(), SECOND)).isFalse();
        Incarnation life = begin(extension);
        pass(SECOND - 1);
        assertThat(extension.isStartingSince(time.get(), SECOND)).isTrue();
        life.stage = Stage.UP;
        assertThat(extension.isStartingSince(time.get(), SECOND)).isFalse();
        life.stage = Stage.STARTING;
        pass(1);
        assertThat(extension.isStartingSince(time.get(), SECOND)).isFalse();
    }

    @Test
    void shouldWaitForTheBackoffOfASetupThatFailed() {
        SupervisedExtension extension = started(onlyInstance());
        Incarnation life = begin(extension);
        extension.setupEnded(life, new IOException("no route"));
        assertThat(life.isTold()).isTrue();
        assertThat(extension.isSettled(time.get())).isFalse();
        extension.ended(life);
        assertThat(extension.isDown()).isTrue();
        assertThat(extension.isSettled(time.get())).isTrue();
        assertThat(step(extension)).isEqualTo(SECOND);
        pass(SECOND - 1);
        assertThat(step(extension)).isEqualTo(1);
        assertThat(extension.isSettled(time.get())).isTrue();
        pass(1);
        assertThat(extension.isSettled(time.get())).isFalse();
        assertThat(begin(extension)).isNotSameAs(life);
        assertThat(newest().isRestart()).isTrue();
    }

    @Test
    void shouldSayWhyASetupThatFailedAFewTimesIsNotTriedAgain() {
        restart = new RestartPolicy(true, 3, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1, Duration.ofHours(1));
        SupervisedExtension extension = started(onlyInstance());
        for (int i = 0; i < 2; i++) {
            Incarnation life = begin(extension);
            extension.setupEnded(life, new IOException("no\nroute"));
            extension.ended(life);
            pass(SECOND);
        }
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).isEmpty();
        assertThat(extension.isSettled(time.get())).isTrue();
        assertThat(captured.messages())
                .containsExactly(
                        "extension not set up: a: java.io.IOException: no\\nroute",
                        "extension not restarted any more: a: 1 restarts within 1h,"
                                + " last setup failed: java.io.IOException: no\\nroute");
    }

    @Test
    void shouldSayNothingOfRestartsWhereThereAreNone() {
        restart = RestartPolicy.OFF;
        SupervisedExtension extension = started(onlyInstance());
        Incarnation life = begin(extension);
        extension.setupEnded(life, new IOException("no route"));
        extension.ended(life);
        pass(SECOND);
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(captured.messages()).containsExactly("extension not set up: a: java.io.IOException: no route");
    }

    @Test
    void shouldSayThatARestartHelped() {
        SupervisedExtension extension = started(onlyInstance());
        Incarnation first = begin(extension);
        extension.setupEnded(first, null);
        assertThat(extension.isUp()).isTrue();
        assertThat(extension.isSettled(time.get())).isTrue();
        assertThat(captured.messages()).isEmpty();
        extension.requestRestart("by hand", time.get());
        assertThat(extension.isSettled(time.get())).isFalse();
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        extension.ended(first);
        Incarnation second = begin(extension);
        extension.setupEnded(second, null);
        assertThat(captured.messages()).containsExactly("extension up again: a");
        extension.requestRestart("again", time.get());
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        extension.ended(second);
        begin(extension);
        extension.setupEnded(second, null); // As one that was left behind may come up late.
        assertThat(captured.messages()).hasSize(1);
    }

    /** It is interrupted after half of the deadline, torn down from another thread after three quarters, and then hangs. */
    @Test
    void shouldBeHurriedThroughItsDeadline() {
        SupervisedExtension extension = up(onlyInstance());
        Incarnation life = newest();
        extension.close();
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(life.isTold()).isTrue();
        pass(SECOND);
        assertThat(step(extension)).isEqualTo(SECOND);
        pass(3 * SECOND - 1);
        assertThat(step(extension)).isEqualTo(1);
        assertThat(life.interrupted).isFalse();
        pass(1);
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(life.interrupted).isTrue();
        assertThat(later).hasSize(1);
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(later).hasSize(1);
        pass(2 * SECOND - 1);
        assertThat(step(extension)).isEqualTo(1);
        assertThat(life.rescued).isFalse();
        pass(1);
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(life.rescued).isTrue();
        assertThat(later).hasSize(2);
        pass(2 * SECOND - 1);
        assertThat(step(extension)).isEqualTo(1);
        assertThat(life.overdue).isFalse();
        pass(1);
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(life.overdue).isTrue();
        assertThat(extension.isDown()).isFalse();
        assertThat(later).hasSize(4);
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).hasSize(4);
        runLater();
        assertThat(captured.messages())
                .containsExactly(
                        "extension hangs: a: it did not stop within 8s, and is not set up again before it does");
        assertThat(threads).hasSize(2); // Of the life, and of what ends it.
    }

    @Test
    void shouldLookAtMostOnceInANanosecond() {
        deadline = Duration.ofNanos(3);
        SupervisedExtension extension = up(onlyInstance());
        extension.close();
        assertThat(step(extension)).isEqualTo(1);
    }

    @Test
    void shouldLeaveAloneWhatIsBackFromItsCalls() {
        SupervisedExtension extension = up(onlyInstance());
        Incarnation life = newest();
        extension.close();
        pass(SECOND);
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        life.stage = Stage.STOPPING;
        pass(4 * SECOND);
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(life.interrupted).isFalse();
    }

    @Test
    void shouldReplaceAnInstanceThatDidNotStop() {
        SupervisedExtension extension = up(madeAnew());
        Incarnation left = newest();
        extension.requestRestart("it hangs", time.get());
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        pass(8 * SECOND);
        assertThat(step(extension)).isZero();
        assertThat(extension.isDown()).isTrue();
        runLater();
        assertThat(captured.messages()).containsExactly("extension left behind: a: it did not stop within 8s");
        assertThat(begin(extension)).isNotSameAs(left);
        extension.ended(left);
        assertThat(extension.isDown()).isFalse();
        assertThat(left.stage).isEqualTo(Stage.ENDED);
    }

    @Test
    void shouldLeaveEvenTheOnlyInstanceBehindWhereTheSupervisorCloses() {
        SupervisedExtension extension = up(onlyInstance());
        extension.close();
        assertThat(extension.step(time.get(), true, true, later)).isEqualTo(2 * SECOND);
        pass(8 * SECOND);
        assertThat(extension.step(time.get(), true, true, later)).isZero();
        assertThat(extension.isDown()).isTrue();
        runLater();
        assertThat(captured.messages()).containsExactly("extension left behind: a: it did not stop within 8s");
    }

    @Test
    void shouldBeRestartedAfterThreeTripsAndABackoff() {
        SupervisedExtension extension = up(onlyInstance());
        trip(extension, tripped("first"));
        trip(extension, tripped("second"));
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        trip(extension, tripped("third"));
        assertThat(step(extension)).isEqualTo(SECOND);
        trip(extension, tripped("fourth"));
        pass(SECOND - 1);
        assertThat(step(extension)).isEqualTo(1);
        assertThat(extension.isSettled(time.get())).isTrue();
        assertThat(newest().isTold()).isFalse();
        pass(1);
        assertThat(extension.isSettled(time.get())).isFalse();
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(newest().isTold()).isTrue();
        assertThat(state("a")).isEqualTo(ExtensionState.RESTARTING);
        extension.ended(newest());
        begin(extension);
        assertThat(captured.messages()).isEmpty();
        extension.begins("third");
        assertThat(listener.lines(RestartReport.class)).containsExactly("restarted a 1: third");
    }

    @Test
    void shouldNotCountWhatAnOperatorQuarantines() {
        SupervisedExtension extension = up(onlyInstance());
        for (int i = 0; i < 3; i++) {
            trip(extension, report(QuarantineState.QUARANTINED, null, "by hand"));
        }
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        for (int i = 0; i < 3; i++) {
            trip(extension, report(QuarantineState.DISABLED, null, "too many trips"));
        }
        assertThat(step(extension)).isEqualTo(SECOND);
    }

    /** Reports of two threads may come in either order. */
    @Test
    void shouldPollAsTheGuardAllowsWhateverIsReportedLast() {
        SupervisedExtension extension = up(onlyInstance());
        guard.quarantine("a", Phase.POLL, "by hand");
        extension.recovered();
        assertThat(extension.isQuarantined()).isTrue();
        guard.release("a", Phase.POLL);
        extension.quarantined(tripped("boom"));
        assertThat(extension.isQuarantined()).isFalse();
        guard.quarantine("a", Phase.POLL, "by hand");
        extension.quarantined(report(QuarantineState.QUARANTINED, null, "by hand"));
        assertThat(extension.isQuarantined()).isTrue();
        guard.release("a", Phase.POLL);
        extension.recovered();
        assertThat(extension.isQuarantined()).isFalse();
    }

    /** While a slow listener was notified of the trip, an operator has released it. */
    @Test
    void shouldNotCountATripThatAReleaseHasOvertaken() {
        restart = new RestartPolicy(true, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 10, Duration.ofHours(1));
        SupervisedExtension extension = up(onlyInstance());
        extension.quarantined(tripped("boom"));
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        trip(extension, tripped("boom"));
        assertThat(step(extension)).isEqualTo(SECOND);
    }

    @Test
    void shouldForgetTripsAndARestartOnceItRecovers() {
        SupervisedExtension extension = up(onlyInstance());
        for (int i = 0; i < 3; i++) {
            trip(extension, tripped("boom"));
        }
        extension.recovered();
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        trip(extension, tripped("boom"));
        trip(extension, tripped("boom"));
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        trip(extension, tripped("boom"));
        assertThat(step(extension)).isEqualTo(2 * SECOND); // Since it has not been up for as long as the first backoff.
    }

    @Test
    void shouldCountTheTimeSinceItRecoveredAsProof() {
        SupervisedExtension extension = up(onlyInstance());
        for (int i = 0; i < 3; i++) {
            trip(extension, tripped("boom"));
        }
        extension.recovered();
        pass(SECOND);
        for (int i = 0; i < 3; i++) {
            trip(extension, tripped("boom"));
        }
        assertThat(step(extension)).isEqualTo(SECOND);
    }

    @Test
    void shouldNotBeRestartedByTripsWhereRestartsAreOff() {
        restart = RestartPolicy.OFF;
        SupervisedExtension extension = up(onlyInstance());
        for (int i = 0; i < 4; i++) {
            trip(extension, tripped("boom"));
        }
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(extension.isUp()).isTrue();
    }

    @Test
    void shouldGiveUpWhatTripsAfterItsLastRestart() {
        restart = new RestartPolicy(true, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0, Duration.ofHours(1));
        SupervisedExtension extension = up(onlyInstance());
        trip(extension, tripped("boom\n"));
        assertThat(captured.messages())
                .containsExactly("extension not restarted any more: a: 0 restarts within 1h, last boom\\n");
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        extension.stopped(newest(), null);
        assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
        extension.ended(newest());
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).isEmpty();
        extension.requestRestart("by hand", time.get());
        begin(extension);
        assertThat(newest().isRestart()).isTrue();
    }

    @Test
    void shouldBeginAnewAfterARestartByHand() {
        SupervisedExtension extension = up(onlyInstance());
        trip(extension, tripped("first"));
        trip(extension, tripped("second"));
        extension.requestRestart("by hand", time.get());
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        extension.ended(newest());
        begin(extension).stage = Stage.UP;
        trip(extension, tripped("first"));
        trip(extension, tripped("second"));
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(extension.isUp()).isTrue();
    }

    @Test
    void shouldWaitForWhatItDependsOnAndGoDownBeforeIt() {
        SupervisedExtension base = started(onlyInstance());
        SupervisedExtension extension = started(supervised("b", Source.of(guard.guarded(scripted("b")))));
        base.connect(List.of(), List.of(extension));
        extension.connect(List.of(base), List.of());
        Set<SupervisedExtension> dependents = new LinkedHashSet<>();
        base.addDependents(dependents);
        assertThat(dependents).containsExactly(extension);
        assertThat(extension.whyNotUp()).isEqualTo("it depends on a, which is not up");
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(extension.isSettled(time.get())).isTrue();
        Incarnation first = begin(base);
        assertThat(base.whyNotUp()).isEqualTo("its setup has not returned");
        assertThat(step(extension)).isEqualTo(SupervisedExtension.FAR);
        assertThat(later).isEmpty();
        first.stage = Stage.UP;
        assertThat(base.whyNotUp()).isNull();
        assertThat(base.areDependentsDown()).isTrue();
        Incarnation dependent = begin(extension);
        dependent.stage = Stage.UP;
        assertThat(extension.whyNotUp()).isNull();
        assertThat(base.areDependentsDown()).isFalse();
        first.tell(time.get());
        assertThat(extension.isSettled(time.get())).isFalse();
        assertThat(step(extension)).isEqualTo(2 * SECOND);
        assertThat(dependent.isTold()).isTrue();
        runLater();
        assertThat(captured.messages()).containsExactly("extension stops: b: it depends on a, which is not up");
        extension.ended(dependent);
        base.ended(first);
        assertThat(extension.whyNotUp()).isEqualTo("it depends on a, which is not up");
        pass(SECOND);
        begin(base).stage = Stage.UP;
        assertThat(extension.whyNotUp()).isNull();
        assertThat(begin(extension).isRestart()).isTrue();
    }

    @Test
    void shouldShowThePresentLifeWhateverAnEarlierOneDoes() throws Exception {
        SupervisedExtension extension = up(madeAnew());
        Incarnation left = newest();
        extension.requestRestart("it hangs", time.get());
        pass(8 * SECOND);
        assertThat(step(extension)).isPositive();
        pass(8 * SECOND);
        assertThat(step(extension)).isZero();
        runLater();
        guard.guarded(scripted("a")).setup(new SetupEnv("cell", Path.of("storage"), Map.of()));
        assertThat(state("a")).isEqualTo(ExtensionState.RUNNING);
        extension.changed(left);
        assertThat(state("a")).isEqualTo(ExtensionState.RESTARTING);
        Incarnation present = begin(extension);
        extension.setupEnded(left, null);
        assertThat(extension.isUp()).isFalse();
        extension.changed(left);
        assertThat(state("a")).isEqualTo(ExtensionState.RESTARTING);
        extension.setupEnded(left, new IOException("late"));
        assertThat(present.isTold()).isFalse();
        assertThat(captured.messages())
                .containsExactly(
                        "extension left behind: a: it did not stop within 8s",
                        "extension not set up: a: java.io.IOException: late");
        extension.setupEnded(present, null);
        extension.changed(left);
        assertThat(state("a")).isEqualTo(ExtensionState.RUNNING);
        extension.stopped(left, new IOException("late"));
        assertThat(state("a")).isEqualTo(ExtensionState.RUNNING);
    }

    @Test
    void shouldShowAsFailedWhatFailedWhileNoLifeIsPresent() {
        SupervisedExtension extension = started(madeAnew());
        Incarnation life = begin(extension);
        extension.setupEnded(life, new IOException("no route"));
        extension.stopped(life, new IOException("no route"));
        assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
        extension.ended(life);
        extension.changed(life);
        assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
    }

    @Test
    void shouldLogTheFirstFailureOfTheSinkOfEachTypeInAMinute() {
        SupervisedExtension extension = started(onlyInstance());
        extension.sinkFailed(new IllegalStateException("no\ncell"));
        extension.sinkFailed(new IllegalStateException("no cell"));
        extension.sinkFailed(new IOException("closed"));
        pass(60 * SECOND);
        extension.sinkFailed(new IllegalStateException("still no cell"));
        assertThat(captured.messages())
                .containsExactly(
                        "event sink failed: a: java.lang.IllegalStateException: no\\ncell; event finalized",
                        "event sink failed: a: java.io.IOException: closed; event finalized",
                        "event sink failed: a: java.lang.IllegalStateException: still no cell; event finalized");
        assertThat(captured.list.get(0).getThrowableProxy()).isNotNull();
    }

    @Test
    void shouldBeReportedAsARestartWhereItsLifeHasAReason() {
        SupervisedExtension extension = started(onlyInstance());
        extension.begins(null);
        assertThat(listener.lines(RestartReport.class)).isEmpty();
        assertThat(state("a")).isEqualTo(ExtensionState.NEW);
        extension.begins("by hand");
        assertThat(state("a")).isEqualTo(ExtensionState.RESTARTING);
        guard.quarantine("a", Phase.POLL, "by hand");
        extension.begins("again");
        assertThat(extension.isQuarantined()).isTrue();
    }

    @Test
    void shouldForgetTheRestartsSoFarWhereAnOperatorRestarts() {
        restart = new RestartPolicy(true, 3, Duration.ofSeconds(1), Duration.ofSeconds(10), 2, 1, Duration.ofHours(1));
        SupervisedExtension extension = started(onlyInstance());
        extension.setupEnded(begin(extension), new IOException("no route"));
        extension.ended(newest());
        extension.requestRestart("by hand", time.get());
        extension.setupEnded(begin(extension), new IOException("no route"));
        extension.ended(newest());
        assertThat(step(extension)).isEqualTo(SECOND);
    }

    @Test
    void shouldBeginAgainOnceItWasUpForAsLongAsItsLastBackoff() {
        SupervisedExtension extension = started(onlyInstance());
        extension.setupEnded(begin(extension), new IOException("no route"));
        extension.ended(newest());
        pass(SECOND);
        extension.setupEnded(begin(extension), null);
        pass(SECOND);
        for (int i = 0; i < 3; i++) {
            trip(extension, tripped("boom"));
        }
        assertThat(step(extension)).isEqualTo(SECOND);
    }

    @Test
    void shouldNotCountTheTimeInQuarantineAsProof() {
        SupervisedExtension extension = started(onlyInstance());
        extension.setupEnded(begin(extension), new IOException("no route"));
        extension.ended(newest());
        pass(SECOND);
        extension.setupEnded(begin(extension), null);
        trip(extension, tripped("boom"));
        pass(SECOND);
        trip(extension, tripped("boom"));
        trip(extension, tripped("boom"));
        assertThat(step(extension)).isEqualTo(2 * SECOND);
    }
}
