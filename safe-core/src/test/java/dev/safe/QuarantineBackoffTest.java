package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a quarantine trips, and for how long. */
class QuarantineBackoffTest {

    private static final Duration NANO = Duration.ofNanos(1);

    private final DrivenQuarantine driven = new DrivenQuarantine();

    private void withPolicy(QuarantinePolicy.Builder policy) {
        driven.policy = policy.build();
    }

    private QuarantinePolicy.Builder policy() {
        return driven.policy.toBuilder();
    }

    private void probePanics() {
        driven.panic(Quarantine.NO_PROBE, DrivenQuarantine.OTHER);
    }

    private Duration tripAndWait() {
        driven.panic();
        return driven.untilProbe();
    }

    @Test
    void shouldCountPanicsThatAreAWindowApartAndNoneThatAreFurther() {
        withPolicy(policy().threshold(2).window(Duration.ofSeconds(10)));
        driven.panic();
        driven.advance(Duration.ofSeconds(10).plus(NANO));
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        driven.advance(Duration.ofSeconds(10));
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(driven.snapshot().reason()).isEqualTo("2 panics within 10s");
    }

    @Test
    void shouldBackOffAsBeforeAfterAPanicFromJustBeforeItsRelease() {
        driven.panic();
        driven.quarantine.release("released by hand", driven.now());
        driven.advance(NANO.negated());
        assertThat(tripAndWait()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void shouldNotCountPanicsFromBeforeTheProbeReturned() {
        withPolicy(policy().threshold(2));
        driven.panic();
        driven.panic();
        driven.untilProbe();
        driven.quarantine.returned(1, driven.now());
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldCountAnewUnderAnotherThreshold() {
        withPolicy(policy().threshold(3));
        driven.panic();
        driven.panic();
        withPolicy(policy().threshold(2));
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldNotTripWhileItIsOff() {
        withPolicy(policy().enabled(false));
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(driven.events).isEmpty();
    }

    @Test
    void shouldBackOffLongerAfterEachProbeThatPanicsUpToTheLongest() {
        withPolicy(policy().multiplier(3).maxBackoff(Duration.ofSeconds(10)));
        List<Duration> backoffs = new ArrayList<>();
        backoffs.add(tripAndWait());
        for (int i = 0; i < 4; i++) {
            probePanics();
            backoffs.add(driven.untilProbe());
        }
        assertThat(backoffs)
                .containsExactly(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10));
    }

    @Test
    void shouldBackOffLongerAfterAProbeThatDoesNotReturn() {
        tripAndWait();
        driven.advance(Duration.ofSeconds(1).minus(NANO));
        driven.expire();
        assertThat(driven.state()).isEqualTo(QuarantineState.PROBING);
        driven.advance(NANO);
        driven.expire();
        assertThat(driven.snapshot().reason()).isEqualTo("the probe did not return");
        assertThat(driven.untilProbe()).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({"PT0.999999999S, PT2S", "PT1S, PT1S"})
    void shouldGoOnWithTheBackoffOfARelapseAndStartOverLater(Duration clear, Duration next) {
        tripAndWait();
        driven.quarantine.returned(1, driven.now());
        driven.advance(clear);
        assertThat(tripAndWait()).isEqualTo(next);
    }

    @Test
    void shouldStartOverOnceItWasReleased() {
        tripAndWait();
        probePanics();
        driven.quarantine.release("released by hand", driven.now());
        assertThat(tripAndWait()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.2, PT0.8S",
        "0.5, 0.2, PT1S",
        "0.75, 0.2, PT1.1S",
        "1, 0.2, PT1.2S",
        "0.25, 1, PT0.5S",
        "0, 1, PT0.000000001S",
        "1, 1, PT1.5S"
    })
    void shouldVaryTheBackoffByTheJitterAndStayWithinTheLongest(double random, double jitter, Duration expected) {
        withPolicy(policy().jitter(jitter).maxBackoff(Duration.ofMillis(1_500)));
        driven.random = () -> random;
        assertThat(tripAndWait()).isEqualTo(expected);
    }

    @Test
    void shouldNotLetJitterGrow() {
        withPolicy(policy().jitter(0.5));
        driven.random = () -> 1;
        assertThat(tripAndWait()).isEqualTo(Duration.ofMillis(1_500));
        probePanics();
        assertThat(driven.untilProbe()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void shouldTripThoughTheSourceOfTheJitterFails() {
        withPolicy(policy().jitter(0.2));
        driven.random = () -> {
            throw new AssertionError("no entropy");
        };
        assertThat(tripAndWait()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1, 7, Double.MAX_VALUE, -Double.MAX_VALUE, Double.POSITIVE_INFINITY, -1.0 / 0})
    void shouldTripAndComeBackThoughTheSourceOfTheJitterStraysFromItsRange(double random) {
        withPolicy(policy().jitter(0.2));
        driven.random = () -> random;
        assertThat(tripAndWait()).isEqualTo(Duration.ofSeconds(1));
        assertThat(driven.state()).isEqualTo(QuarantineState.PROBING);
    }

    @Test
    void shouldSaturateRatherThanOverflow() {
        Duration forever = Duration.ofDays(365_000_000);
        withPolicy(policy().initialBackoff(forever).maxBackoff(forever).window(forever));
        driven.panic();
        assertThat(driven.quarantine.rejectUntilDue(driven.now(), 0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldStayDisabledOnceItTrippedTooOftenFailedProbesIncluded() {
        withPolicy(policy().maxTrips(3));
        tripAndWait();
        probePanics();
        driven.untilProbe();
        driven.advance(Duration.ofSeconds(2));
        driven.expire();
        assertThat(driven.snapshot())
                .isEqualTo(new QuarantineSnapshot(
                        QuarantineState.DISABLED, 3, null, "trip 3: the probe did not return", false));
        driven.advance(Duration.ofDays(365));
        assertThat(driven.admit(DrivenQuarantine.OTHER)).isEqualTo(Quarantine.REFUSED);
        driven.quarantine.release("released by hand", driven.now());
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(driven.snapshot().trips()).isOne();
    }

    @Test
    void shouldForgetItsTripsWhenItIsReleasedThoughItIsClear() {
        withPolicy(policy().maxTrips(2));
        tripAndWait();
        driven.quarantine.returned(1, driven.now());
        assertThat(driven.state()).isEqualTo(QuarantineState.CLEAR);
        driven.quarantine.release("released by hand", driven.now());
        driven.panic();
        assertThat(driven.state()).isEqualTo(QuarantineState.QUARANTINED);
    }
}
