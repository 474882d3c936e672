package dev.safe.test;

import static dev.safe.test.GuardAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import dev.safe.SetupEnv;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GuardAssertionsTest {

    private static final Duration BACKOFF = Duration.ofSeconds(1);

    private final ManualTicker ticker = new ManualTicker();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .ticker(ticker)
            .policy(
                    Phase.POLL,
                    PhasePolicy.builder(Phase.POLL)
                            .quarantine(QuarantinePolicy.builder()
                                    .enabled(true)
                                    .threshold(3)
                                    .initialBackoff(BACKOFF)
                                    .maxBackoff(BACKOFF)
                                    .jitter(0)
                                    .build())
                            .build())
            .policy(
                    Phase.FINALIZE,
                    PhasePolicy.builder(Phase.FINALIZE)
                            .budget(new BudgetPolicy(Duration.ofMillis(100), OnOverrun.INTERRUPT))
                            .build())
            .build();
    private final FaultyExtension udp = FaultyExtension.builder("network.udp").build();

    @AfterEach
    void close() {
        udp.close();
        guard.close();
    }

    private static SetupEnv env() {
        return new SetupEnv("cell", Path.of("storage"), Map.of());
    }

    private void panicThrice() {
        udp.inject(Phase.POLL, Faults.runtimeException(), Schedule.times(3));
        for (int i = 0; i < 4; i++) {
            guard.callPoll(udp);
        }
    }

    @Test
    void shouldHoldForAnExtensionInQuarantine() {
        panicThrice();
        assertThat(guard)
                .extension("network.udp")
                .hasPanics(Phase.POLL, 3)
                .hasNoPanics(Phase.SETUP)
                .hasPanicOf(Phase.POLL, IllegalStateException.class)
                .hasPanicOf(Phase.POLL, IllegalStateException.class, "faulty")
                .hasRejected(Phase.POLL, 1)
                .hasQuarantines(Phase.POLL, 1)
                .isQuarantined(Phase.POLL)
                .isQuarantined(Phase.POLL, "3 panics within 10s, last java.lang.IllegalStateException")
                .isNotQuarantined(Phase.FINALIZE)
                .hasNoErrors()
                .hasNoOverruns()
                .hasState(ExtensionState.QUARANTINED);
        ticker.advance(BACKOFF);
        guard.callPoll(udp);
        assertThat(guard)
                .within(Duration.ofSeconds(20))
                .extension("network.udp")
                .isNotQuarantined(Phase.POLL)
                .isRunning();
        guard.quarantine("network.udp", Phase.POLL, "by hand");
        assertThat(guard).extension("network.udp").isQuarantined(Phase.POLL, "by hand");
    }

    @Test
    void shouldHoldForErrorsAndStates() throws Exception {
        udp.inject(Phase.SETUP, Faults.checkedException(), Schedule.times(1));
        catchThrowable(() -> guard.callSetup(udp, env()));
        assertThat(guard)
                .extension("network.udp")
                .isFailed()
                .hasErrors(Phase.SETUP, 1)
                .hasLastError(Phase.SETUP, IOException.class, "faulty")
                .hasNoPanics();
        guard.callSetup(udp, env());
        assertThat(guard).extension("network.udp").isRunning();
        guard.callTeardown(udp, new TeardownContext(Instant.EPOCH));
        assertThat(guard).extension("network.udp").isStopped();
        assertThat(guard).hasNoPanics().doesNotKnow("network.tcp");
    }

    @Test
    void shouldWaitForWhatTheWatchdogFinds() throws Exception {
        udp.inject(Phase.FINALIZE, Faults.hangIgnoringInterrupts());
        Thread caller = new Thread(() -> guard.callFinalize(udp, 1));
        caller.start();
        new Patience(Duration.ofSeconds(20)).holds(() -> udp.hanging() == 1);
        ticker.advance(Duration.ofMillis(101));
        assertThat(guard)
                .within(Duration.ofSeconds(20))
                .extension("network.udp")
                .hasOverruns(Phase.FINALIZE, 1)
                .hasStuckCalls(Phase.FINALIZE, 1)
                .hasState(ExtensionState.STUCK);
        assertThatThrownBy(() -> assertThat(guard).extension("network.udp").hasStuckCalls(Phase.FINALIZE, 2))
                .hasMessageContaining("finalize: panics 0, errors 0, overruns 1, stuck 1, rejected 0, CLEAR");
        udp.heal();
        caller.join();
        assertThat(guard).extension("network.udp").hasStuckCalls(Phase.FINALIZE, 0);
    }

    @Test
    void shouldRefuseALimitThatIsNone() {
        Patience endless = new Patience(Duration.ofSeconds(Long.MAX_VALUE)); // More than there are nanoseconds.
        Assertions.assertThat(endless.holds(() -> true)).isTrue();
        assertThatThrownBy(() -> assertThat(guard).within(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("'limit' must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assertThat(guard).within(Duration.ofMillis(-1)))
                .withMessage("'limit' must not be negative: PT-0.001S");
    }

    @Test
    void shouldShowTheSnapshotWhenItFails() {
        panicThrice();
        assertThatThrownBy(() -> assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 2))
                .isInstanceOf(AssertionError.class)
                .message()
                .matches("""
                        \\R?Expecting extension "network.udp" to have
                          2 panics in poll
                        but it has
                          3
                        Here is what the guard counted:
                          network.udp is QUARANTINED
                            poll: panics 3, errors 0, overruns 0, stuck 0, rejected 1, QUARANTINED \\(3 panics within 10s, last java.lang.IllegalStateException; until .*\\)
                              3 × java.lang.IllegalStateException: faulty at dev.safe.test.Faults.*""");
    }

    @Test
    void shouldFailForEachThingThatIsNotSo() {
        panicThrice();
        ExtensionAssert extension = assertThat(guard).extension("network.udp");
        assertFails(() -> extension.hasNoPanics(), "no panics", "3 in poll");
        assertFails(() -> extension.hasNoPanics(Phase.POLL), "0 panics in poll", "3");
        assertFails(
                () -> extension.hasPanicOf(Phase.POLL, IOException.class),
                "a panic of java.io.IOException in poll",
                "java.lang.IllegalStateException: faulty");
        assertFails(
                () -> extension.hasPanicOf(Phase.SETUP, IllegalStateException.class, "boom"),
                "a panic of java.lang.IllegalStateException: boom in setup",
                "none");
        assertFails(() -> extension.hasErrors(Phase.SETUP, 1), "1 errors in setup", "0");
        assertFails(
                () -> extension.hasLastError(Phase.SETUP, IOException.class, null),
                "the last error java.io.IOException in setup",
                "none");
        assertFails(() -> extension.hasOverruns(Phase.POLL, 1), "1 overruns in poll", "0");
        assertFails(() -> extension.hasRejected(Phase.POLL, 0), "0 rejected calls in poll", "1");
        assertFails(() -> extension.hasQuarantines(Phase.POLL, 2), "2 quarantines in poll", "1");
        assertFails(() -> extension.isQuarantined(Phase.HOST), "host in quarantine", "CLEAR");
        assertFails(() -> extension.isRunning(), "state RUNNING", "QUARANTINED");
        assertFails(() -> extension.isFailed(), "state FAILED", "QUARANTINED");
        assertFails(() -> extension.isStopped(), "state STOPPED", "QUARANTINED");
        String quarantine = "QUARANTINED (3 panics within 10s, last java.lang.IllegalStateException; until ";
        assertFails(() -> extension.isNotQuarantined(Phase.POLL), "poll clear of quarantine", quarantine);
        assertFails(() -> extension.isDisabled(Phase.POLL), "poll disabled", quarantine);
        assertFails(() -> extension.isQuarantined(Phase.POLL, "why"), "poll in quarantine (why)", quarantine);
        assertThatThrownBy(() -> assertThat(guard).hasNoPanics())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expecting no panics, but there are:")
                .hasMessageContaining("network.udp is QUARANTINED");
    }

    private static void assertFails(Runnable assertion, String wanted, String found) {
        assertThatThrownBy(assertion::run)
                .isInstanceOf(AssertionError.class)
                .message()
                .contains("to have%n  %s%nbut it has%n  %s".formatted(wanted, found))
                .contains("Here is what the guard counted:%n  network.udp is ".formatted());
    }

    @Test
    void shouldSayWhichExtensionsAreKnown() {
        guard.callPoll(udp);
        assertThatThrownBy(() -> assertThat(guard).as("after a poll").extension("network.tcp"))
                .isInstanceOf(AssertionError.class)
                .message()
                .contains("[after a poll]")
                .contains("to know extension%n  \"network.tcp\"%nbut it knows%n  [network.udp]".formatted());
        assertThatThrownBy(() -> assertThat(guard).doesNotKnow("network.udp"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("network.udp is RUNNING");
    }

    @Test
    void shouldKeepToASnapshot() {
        guard.callPoll(udp);
        ExtensionAssert before = assertThat(guard.snapshot("network.udp").orElseThrow());
        panicThrice();
        before.hasNoPanics().isRunning();
    }

    @Test
    void shouldNotTurnTimeBack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ticker.advance(Duration.ofNanos(-1)))
                .withMessage("'duration' must not be negative, got PT-0.000000001S");
    }
}
