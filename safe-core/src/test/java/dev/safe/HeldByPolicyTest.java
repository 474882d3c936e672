package dev.safe;

import static dev.safe.PolledGuard.BOOM;
import static dev.safe.PolledGuard.quarantine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.RecordingListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Quarantine that a policy declares, rather than an operator. */
class HeldByPolicyTest {

    private final TestExtension extension = new TestExtension("a", () -> null);

    @Test
    void shouldHoldFromTheFirstCallAndReportItAfterTheRegistration() {
        RecordingListener listener = new RecordingListener();
        ExtensionGuard guard = ExtensionGuard.builder()
                .policy("a", Phase.POLL, polled(quarantine().hold("ticket\n4711")))
                .listener(listener)
                .build();
        assertThat(guard.callPoll(extension)).isNull();
        assertThat(extension.calls).hasValue(0);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).quarantine())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 0, null, "ticket\\n4711", true));
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.QUARANTINED);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).rejected())
                .isEqualTo(1);
        assertThat(listener.lines(RecordingListener.Registered.class, RecordingListener.Entered.class))
                .containsExactly("registered a", "QUARANTINED: ticket\\n4711");
    }

    @Test
    void shouldBeSetChangedAndClearedByThePolicy() {
        PolledGuard polled = new PolledGuard(quarantine());
        polled.poll(extension, 1);
        apply(polled, "one");
        apply(polled, "one");
        apply(polled, "two");
        polled.ticker.advance(Duration.ofDays(1));
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(1);
        apply(polled, null);
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThat(polled.reports())
                .containsExactly("QUARANTINED: one", "QUARANTINED: two", "released: no longer held by its policy");
    }

    @Test
    void shouldNotBeReleased() {
        PolledGuard polled = new PolledGuard(quarantine().hold("ticket 4711"));
        polled.poll(extension, 1);
        assertThatThrownBy(() -> polled.guard.release("a", Phase.POLL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the quarantine of \"a\" in poll is declared by its policy's 'hold' (ticket 4711), and ends when"
                                + " that is cleared");
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(0);
    }

    @Test
    void shouldLeaveAQuarantineByHandBehind() {
        PolledGuard polled = new PolledGuard(quarantine().hold("ticket 4711"));
        polled.poll(extension, 1);
        polled.guard.quarantine("a", Phase.POLL, "by hand");
        apply(polled, null);
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(0);
        polled.guard.release("a", Phase.POLL);
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(1);
        assertThat(polled.reports())
                .containsExactly("QUARANTINED: ticket 4711", "QUARANTINED: by hand", "released: released by hand");
    }

    @Test
    void shouldLetABackoffGoOnBehindIt() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        extension.behave(() -> {
            throw BOOM;
        });
        polled.poll(extension, 1);
        apply(polled, "ticket 4711");
        polled.ticker.advance(Duration.ofDays(1));
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(1);
        extension.behave(() -> null);
        apply(polled, null);
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldHoldWhatAProbeThatIsOutWouldClear() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        extension.behave(() -> {
            throw BOOM;
        });
        polled.poll(extension, 1);
        polled.ticker.advance(Duration.ofSeconds(1));
        extension.behave(() -> {
            apply(polled, "ticket 4711");
            return null;
        });
        polled.poll(extension, 2);
        assertThat(extension.calls).hasValue(2);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(polled.reports())
                .containsExactly(
                        "java.lang.IllegalStateException: boom",
                        "QUARANTINED: 1 panics within 10s, last java.lang.IllegalStateException: boom",
                        "QUARANTINED: ticket 4711");
    }

    @Test
    void shouldHoldAnExtensionThatComesBackAfterItsRemoval() {
        PolledGuard polled = new PolledGuard(quarantine().hold("ticket 4711"));
        ExtensionCapability guarded = polled.guard.guarded(extension);
        guarded.poll();
        polled.guard.remove("a");
        guarded.poll();
        assertThat(extension.calls).hasValue(0);
        assertThat(polled.reports()).containsExactly("QUARANTINED: ticket 4711", "QUARANTINED: ticket 4711");
    }

    @Test
    void shouldRefuseAHoldThatSaysNothingOrCannotBeHonoured() {
        assertThatThrownBy(() -> quarantine().hold(" ").build())
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("'hold' must say why, or be null, got ' '");
        assertThatThrownBy(() -> quarantine().hold("\u00a0\u200b\u3164").build())
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageStartingWith("'hold' must say why, or be null");
        assertThatThrownBy(() -> Policies.builder()
                        .policy(
                                Phase.SETUP,
                                PhasePolicy.builder(Phase.SETUP)
                                        .quarantine(QuarantinePolicy.builder()
                                                .hold("ticket 4711")
                                                .build())
                                        .build()))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("'hold' must not be set for setup and teardown, which are never rejected, got ticket 4711");
    }

    private static void apply(PolledGuard polled, @Nullable String hold) {
        polled.guard.apply(Policies.builder()
                .policy(Phase.POLL, polled(quarantine().threshold(1).hold(hold)))
                .build());
    }

    private static PhasePolicy polled(QuarantinePolicy.Builder quarantine) {
        return PhasePolicy.builder(Phase.POLL)
                .quarantine(quarantine.build())
                .log(new LogPolicy(0, Duration.ofDays(1), StackTraceLogging.NEVER))
                .build();
    }
}
