package dev.safe;

import static dev.safe.PolledGuard.BOOM;
import static dev.safe.PolledGuard.quarantine;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Together;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The calls that test whether a quarantine can end. */
class ProbesTest {

    @Test
    void shouldProbeOnceWhenGuardsAreNestedAndNotUndoWhatTheInnerSaw() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        ExtensionCapability guarded = polled.guard.guarded(extension);
        polled.guard.callPoll(guarded);
        polled.ticker.advance(Duration.ofSeconds(1));
        polled.guard.callPoll(guarded); // The outer guard's probe returns null, the inner one's panicked.
        assertThat(extension.calls).hasValue(2);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
        extension.behave(() -> null);
        polled.ticker.advance(Duration.ofSeconds(2));
        polled.guard.callPoll(guarded);
        assertThat(extension.calls).hasValue(3);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    @Tag("slow")
    void shouldLetASingleProbeThroughHoweverManyThreadsCall() throws Exception {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.guard.callPoll(extension);
        for (int round = 0; round < 200; round++) {
            polled.ticker.advance(Duration.ofMinutes(5));
            int calls = extension.calls.get();
            Together.run(8, () -> polled.guard.callPoll(extension));
            assertThat(extension.calls).hasValue(calls + 1);
        }
    }

    @Test
    void shouldNotBeWedgedByAProbeThatHangs() throws Exception {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.guard.callPoll(extension);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        extension.behave(() -> {
            hanging.countDown();
            end.await();
            return null;
        });
        polled.ticker.advance(Duration.ofSeconds(1));
        Thread probe = new Thread(() -> polled.guard.callPoll(extension));
        probe.start();
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(polled.state()).isEqualTo(QuarantineState.PROBING);
        polled.ticker.advance(Duration.ofSeconds(1));
        polled.guard.callPoll(extension);
        assertThat(polled.phase().quarantine().reason()).isEqualTo("the probe did not return");
        extension.behave(() -> null);
        polled.ticker.advance(Duration.ofSeconds(2));
        polled.guard.callPoll(extension);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
        polled.guard.quarantine("a", Phase.POLL, "by hand");
        end.countDown();
        probe.join(10_000);
        assertThat(polled.state())
                .isEqualTo(QuarantineState.QUARANTINED); // The late return of the lost probe changes nothing.
    }
}
