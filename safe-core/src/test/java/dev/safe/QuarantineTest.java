package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.HostileThrowable;
import dev.safe.testing.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes, what is reported, and when calls have to ask. */
class QuarantineTest {

    private final DrivenQuarantine driven = new DrivenQuarantine();
    private final Quarantine quarantine = driven.quarantine;

    private void loseAProbe() {
        driven.panic();
        driven.untilProbe();
        driven.advance(Duration.ofSeconds(1));
        driven.expire();
    }

    @Test
    void shouldGiveEachProbeATokenOfItsOwn() {
        driven.panic();
        driven.untilProbe();
        driven.panic(1);
        driven.untilProbe();
        quarantine.returned(1, driven.now());
        assertThat(driven.state()).isEqualTo(QuarantineState.PROBING);
        driven.panic(1, Thread.currentThread());
        assertThat(driven.state()).isEqualTo(QuarantineState.PROBING);
        quarantine.returned(2, driven.now());
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldNotReuseATokenOnceItIsForgotten() {
        driven.panic();
        driven.untilProbe();
        quarantine.forget(driven.now());
        driven.panic();
        driven.untilProbe();
        quarantine.returned(1, driven.now());
        assertThat(driven.state()).isEqualTo(QuarantineState.PROBING);
    }

    @Test
    void shouldIgnoreWhatBecomesOfAProbeThatWasGivenUpForLost() {
        loseAProbe();
        driven.events.clear();
        quarantine.returned(1, driven.now());
        driven.panic(1);
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(driven.events).isEmpty();
        assertThat(driven.untilProbe()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldStayImposedWhateverBecomesOfTheProbeThatWasOut() {
        driven.panic();
        driven.untilProbe();
        quarantine.impose("by hand", driven.now());
        quarantine.returned(1, driven.now());
        driven.panic(1);
        driven.advance(Duration.ofDays(1));
        driven.expire();
        assertThat(driven.snapshot())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 1, null, "by hand", false));
    }

    @Test
    void shouldCountThePanicOfAProbeThatWasOutWhenItWasReleased() {
        driven.policy = driven.policy.toBuilder().threshold(2).build();
        driven.panic();
        driven.panic();
        driven.untilProbe();
        quarantine.release("released by hand", driven.now());
        driven.panic(1);
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldForgetTripsOnceItIsReleasedOrForgotten() {
        loseAProbe();
        assertThat(driven.snapshot().trips()).isEqualTo(2);
        quarantine.release("released by hand", driven.now());
        assertThat(driven.snapshot()).isEqualTo(QuarantineSnapshot.CLEAR);
        loseAProbe();
        quarantine.forget(driven.now());
        assertThat(driven.snapshot()).isEqualTo(QuarantineSnapshot.CLEAR);
    }

    @Test
    void shouldForgetPanicsAndOverrunsOnceItIsForgottenOrRestarted() {
        driven.policy = driven.policy.toBuilder().threshold(2).build();
        driven.overrun(Quarantine.NO_PROBE);
        quarantine.forget(driven.now());
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        quarantine.restarted(driven.now());
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        driven.panic();
        assertThat(driven.snapshot().reason()).isEqualTo("2 panics within 10s");
    }

    @Test
    void shouldForgetTripsOnceItIsRestarted() {
        loseAProbe();
        quarantine.restarted(driven.now());
        assertThat(driven.snapshot()).isEqualTo(QuarantineSnapshot.CLEAR);
        loseAProbe();
        quarantine.impose("by hand", driven.now());
        quarantine.restarted(driven.now());
        assertThat(driven.snapshot())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 0, null, "by hand", false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeLeftByAProbeThatFailsOnceItIsTurnedOff(boolean overrun) {
        driven.panic();
        driven.untilProbe();
        driven.policy = QuarantinePolicy.DEFAULT;
        driven.events.clear();
        for (long token = Quarantine.NO_PROBE; token <= 1; token++) {
            assertThat(driven.events).isEmpty();
            if (overrun) {
                driven.overrun(token, Thread.currentThread());
            } else {
                driven.panic(token, Thread.currentThread());
            }
        }
        assertThat(driven.events).containsExactly("passing", "left: quarantine was turned off");
        assertThat(driven.reports)
                .last()
                .isEqualTo(new QuarantineReport(
                        "a", Phase.POLL, QuarantineState.CLEAR, 0, null, "quarantine was turned off", false));
    }

    @Test
    void shouldShowWhatTrippedItLastInBriefAndReportItInFull() {
        driven.panic(Quarantine.NO_PROBE, new IllegalStateException("boom"));
        assertReason("1 panics within 10s, last java.lang.IllegalStateException", ": boom");
        driven.untilProbe();
        driven.panic(1, new IllegalStateException("boom"));
        assertReason("the probe panicked: java.lang.IllegalStateException", ": boom");
        driven.policy = driven.policy.toBuilder().maxTrips(3).build();
        driven.untilProbe();
        driven.overrun(2);
        assertReason("trip 3: the probe exceeded its budget: a call of more than 250ms", "");
        assertThat(driven.state()).isEqualTo(QuarantineState.DISABLED);
    }

    private void assertReason(String shown, String more) {
        assertThat(driven.snapshot().reason()).isEqualTo(shown);
        assertThat(driven.reports).last().extracting(QuarantineReport::reason).isEqualTo(shown + more);
    }

    /** A throwable is asked for its message outside the lock. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldKeepTheReasonOfWhoeverImposesItWhileAThrowableIsAskedForItsMessage(int maxTrips) {
        driven.policy = driven.policy.toBuilder().maxTrips(maxTrips).build();
        driven.panic(Quarantine.NO_PROBE, new HostileThrowable("boom").message(() -> {
                    quarantine.impose("by hand", driven.now());
                    return "boom";
                }));
        assertThat(driven.snapshot())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 1, null, "by hand", false));
        assertThat(driven.reports).extracting(QuarantineReport::reason).containsExactly("by hand");
    }

    @Test
    void shouldNotReportATripAfterItsRelease() {
        driven.panic(Quarantine.NO_PROBE, new HostileThrowable("boom").message(() -> {
                    quarantine.release("released by hand", driven.now());
                    return "boom";
                }));
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(driven.reports).extracting(QuarantineReport::reason).containsExactly("released by hand");
        driven.panic(Quarantine.NO_PROBE, new IllegalStateException("boom"));
        assertThat(driven.reports).last().extracting(QuarantineReport::state).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldReportWhatItEntersAndLeaves() {
        driven.panic();
        Instant until = driven.reports.get(0).until();
        driven.untilProbe();
        quarantine.returned(1, driven.now());
        quarantine.impose("by hand", driven.now());
        quarantine.release("released by hand", driven.now());
        assertThat(driven.reports)
                .containsExactly(
                        new QuarantineReport(
                                "a", Phase.POLL, QuarantineState.QUARANTINED, 1, until, "1 panics within 10s", false),
                        new QuarantineReport(
                                "a", Phase.POLL, QuarantineState.CLEAR, 1, null, "the probe returned", false),
                        new QuarantineReport("a", Phase.POLL, QuarantineState.QUARANTINED, 1, null, "by hand", false),
                        new QuarantineReport(
                                "a", Phase.POLL, QuarantineState.CLEAR, 0, null, "released by hand", false));
    }

    @Test
    void shouldSayUntilWhenItBacksOff() {
        assertThat(driven.snapshot().until()).isNull();
        Instant before = Instant.now();
        driven.panic();
        Instant until = driven.snapshot().until();
        assertThat(until).isBetween(before.plusMillis(999), Instant.now().plusMillis(1_000));
        driven.advance(Duration.ofDays(1)); // It is the same at each reading.
        assertThat(driven.snapshot().until()).isEqualTo(until);
        driven.admit(DrivenQuarantine.OTHER);
        assertThat(driven.snapshot())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.PROBING, 1, null, "1 panics within 10s", false));
    }

    @Test
    void shouldStayEnteredThoughItsOwnerFails() {
        RuntimeException ours = new IllegalStateException("no memory for a report");
        Quarantine failing = new Quarantine("a", Phase.POLL, () -> 0.5, new Failing(ours), 0);
        assertThatThrownBy(() -> failing.panicked(driven.policy, Quarantine.NO_PROBE, Thread.currentThread(), null, 0))
                .isSameAs(ours);
        assertThat(failing.snapshot().state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThatThrownBy(() -> failing.release("released by hand", 0)).isSameAs(ours);
        assertThat(failing.snapshot().state()).isEqualTo(QuarantineState.CLEAR);
    }

    private record Failing(RuntimeException thrown) implements Quarantine.Owner {

        @Override
        public void changed(Quarantine.Mode mode) {}

        @Override
        public void began() {}

        @Override
        public void entered(QuarantineReport report) {
            throw thrown;
        }

        @Override
        public void left(QuarantineReport report) {
            throw thrown;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT0.2S, PT0.8S, rejecting, ''",
        "PT0.799999999S, PT0.2S, PT0.000000001S, rejecting, ''",
        "PT0.8S, PT0.2S, PT0S, asking, asking",
        "PT0.9S, PT0.2S, PT0S, asking, asking",
        "PT1H, PT0.2S, PT0S, asking, asking",
        "PT0S, PT2S, PT0S, asking, asking"
    })
    void shouldHaveCallsAskSomeTimeBeforeTheBackoffIsOver(
            Duration passed, Duration margin, Duration left, String rejected, String asked) {
        driven.panic();
        driven.advance(passed);
        driven.events.clear();
        assertThat(quarantine.rejectUntilDue(driven.now(), margin.toNanos())).isEqualTo(left.toNanos());
        assertThat(String.join(", ", driven.events)).isEqualTo(rejected);
        driven.events.clear();
        quarantine.askIfDue(driven.now(), margin.toNanos());
        assertThat(String.join(", ", driven.events)).isEqualTo(asked);
    }

    @Test
    @Tag("slow")
    void shouldSendOutASingleProbeHoweverManyThreadsAsk() throws Exception {
        int threads = 4;
        for (long round = 1; round <= 200; round++) {
            driven.panic();
            driven.advance(Duration.ofSeconds(1));
            List<Long> tokens = Together.call(threads, () -> driven.admit(Thread.currentThread()));
            assertThat(tokens)
                    .containsOnlyOnce(round)
                    .filteredOn(token -> token == Quarantine.REFUSED)
                    .hasSize(threads - 1);
            quarantine.release("released by hand", driven.now());
        }
    }
}
