package dev.safe;

import static dev.safe.PolledGuard.BOOM;
import static dev.safe.PolledGuard.quarantine;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Quarantine of an extension that keeps panicking, as its calls see it. */
class QuarantinedPollsTest {

    @Test
    void shouldTripAtTheThresholdAndNotBefore() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(3));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 2);
        polled.ticker.advance(Duration.ofSeconds(10).plusNanos(1)); // The first two panics have left the window.
        polled.poll(extension, 2);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
        polled.poll(extension, 1);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
        polled.poll(extension, 10);
        assertThat(extension.calls).hasValue(5);
        assertThat(polled.phase().rejected()).isEqualTo(10);
        assertThat(polled.guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.QUARANTINED);
    }

    @Test
    void shouldNotForgetPanicsForTheSakeOfEmptyPolls() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(3));
        AtomicInteger calls = new AtomicInteger();
        TestExtension extension = new TestExtension("a", () -> {
            if (calls.incrementAndGet() % 10 == 0) {
                throw BOOM;
            }
            return null;
        });
        polled.poll(extension, 30);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldProbeAfterTheBackoffAndComeBack() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 1);
        extension.behave(() -> null);
        polled.ticker.advance(Duration.ofSeconds(1).minusNanos(1));
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(1);
        polled.ticker.advance(Duration.ofNanos(1));
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(polled.reports())
                .containsExactly(
                        "java.lang.IllegalStateException: boom",
                        "QUARANTINED: 1 panics within 10s, last java.lang.IllegalStateException: boom",
                        "released: the probe returned");
    }

    @Test
    void shouldCountAQuarantineOnceHoweverManyOfItsProbesFail() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1).multiplier(1));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 1);
        for (int probe = 1; probe <= 3; probe++) {
            polled.ticker.advance(Duration.ofSeconds(1));
            polled.poll(extension, 1);
        }
        assertThat(extension.calls).hasValue(4);
        assertThat(polled.phase().quarantines()).isOne();
        assertThat(polled.phase().quarantine().trips()).isEqualTo(4);
        polled.guard.quarantine("a", Phase.POLL, "already in quarantine");
        assertThat(polled.phase().quarantines()).isOne();
        polled.guard.release("a", Phase.POLL);
        polled.guard.quarantine("a", Phase.POLL, "by hand");
        assertThat(polled.phase().quarantines()).isEqualTo(2);
    }

    @Test
    void shouldBackOffLongerEachTimeAndStartOverOnceItHasBeenWell() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1).maxBackoff(Duration.ofSeconds(3)));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 1);
        for (Duration backoff : List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3))) {
            int calls = extension.calls.get();
            polled.ticker.advance(backoff.minusNanos(1));
            polled.poll(extension, 1);
            assertThat(extension.calls).hasValue(calls);
            polled.ticker.advance(Duration.ofNanos(1));
            polled.poll(extension, 1);
            assertThat(extension.calls).as("after " + backoff).hasValue(calls + 1);
        }
        extension.behave(() -> null);
        polled.ticker.advance(Duration.ofSeconds(3));
        polled.poll(extension, 1);
        polled.ticker.advance(Duration.ofSeconds(3)); // The extension has been clear for as long as its last backoff.
        extension.behave(() -> {
            throw BOOM;
        });
        polled.poll(extension, 1);
        extension.behave(() -> null);
        polled.ticker.advance(Duration.ofSeconds(1));
        polled.poll(extension, 1);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldSpreadTheBackoffByTheJitter() {
        for (double random : new double[] {0, 1}) {
            PolledGuard polled = new PolledGuard(quarantine().threshold(1), LogPolicy.DEFAULT, random);
            TestExtension extension = TestExtension.throwing("a", BOOM);
            polled.poll(extension, 1);
            polled.ticker.advance(Duration.ofMillis(random == 0 ? 800 : 1_200).minusNanos(1));
            polled.poll(extension, 1);
            assertThat(extension.calls).hasValue(1);
            polled.ticker.advance(Duration.ofNanos(1));
            polled.poll(extension, 1);
            assertThat(extension.calls).hasValue(2);
        }
    }

    @Test
    void shouldSaturateRatherThanOverflow() {
        PolledGuard polled = new PolledGuard(quarantine()
                .threshold(1)
                .initialBackoff(Duration.ofDays(365_000))
                .maxBackoff(Duration.ofDays(365_000_000))
                .multiplier(1e300));
        polled.poll(TestExtension.throwing("a", BOOM), 3);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
        polled.ticker.advance(Duration.ofDays(100));
        polled.poll(TestExtension.throwing("a", BOOM), 1);
        assertThat(polled.phase().rejected()).isEqualTo(3);
    }

    @Test
    void shouldStayDisabledAfterTooManyTripsUntilReleased() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1).maxTrips(2));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 1);
        polled.ticker.advance(Duration.ofSeconds(1));
        polled.poll(extension, 1);
        assertThat(polled.state()).isEqualTo(QuarantineState.DISABLED);
        polled.ticker.advance(Duration.ofDays(1));
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(2);
        polled.guard.release("a", Phase.POLL);
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(3);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldTripThoughTheTickerFails() {
        ExtensionGuard guard = ExtensionGuard.builder()
                .ticker(() -> {
                    throw new AssertionError("no clock");
                })
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(quarantine().threshold(3).build())
                                .build())
                .build();
        TestExtension extension = TestExtension.throwing("a", BOOM);
        for (int i = 0; i < 10; i++) {
            guard.callPoll(extension);
        }
        assertThat(extension.calls).hasValue(3);
        guard.quarantine("a", Phase.HOST, "by hand");
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.QUARANTINED);
    }
}
