package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.safe.testing.CapturedLog;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls over their budget count towards quarantine, and do not flood the log. */
class OverrunQuarantineTest {

    private static final Duration LIMIT = Duration.ofMillis(250);

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ManualTicker ticker = new ManualTicker();
    private final TestExtension extension = new TestExtension("a", () -> null);
    private ExtensionGuard guard = ExtensionGuard.ofDefaults();

    private void guardWith(QuarantinePolicy.Builder quarantine) {
        guard = ExtensionGuard.builder()
                .ticker(ticker)
                .jitter(() -> 0.5)
                .policy(Phase.POLL, policy(quarantine, LogPolicy.DEFAULT.burst()))
                .build();
    }

    private static PhasePolicy policy(QuarantinePolicy.Builder quarantine, int burst) {
        return PhasePolicy.builder(Phase.POLL)
                .quarantine(quarantine.build())
                .budget(new BudgetPolicy(LIMIT, OnOverrun.REPORT))
                .log(new LogPolicy(burst, Duration.ofMinutes(1), StackTraceLogging.ONCE))
                .build();
    }

    private static QuarantinePolicy.Builder quarantine() {
        return QuarantinePolicy.builder().enabled(true).threshold(3);
    }

    @AfterEach
    void close() {
        guard.close();
    }

    /** Outlasts its budget, and lets the watchdog look. */
    private void overrun() {
        ticker.advance(LIMIT.plusMillis(1));
        guard.look();
    }

    private void poll(int times, Callable<StepEvent> behaviour) {
        extension.behave(behaviour);
        for (int i = 0; i < times; i++) {
            guard.callPoll(extension);
        }
    }

    private PhaseSnapshot counts() {
        return guard.snapshot("a").orElseThrow().phase(Phase.POLL);
    }

    private StepEvent slow() {
        overrun();
        return new StepEvent("tick", new byte[0], 1, null);
    }

    @Test
    void shouldQuarantineAnExtensionThatUsesUpItsBudgetAtEveryPoll() {
        guardWith(quarantine());
        poll(3, this::slow);
        assertThat(counts().overruns()).isEqualTo(3);
        assertThat(counts().panics()).isZero();
        assertThat(counts().quarantine().state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(counts().quarantine().reason())
                .isEqualTo("3 panics or overruns within 10s, last a call of more than 250ms");
        poll(1, this::slow);
        assertThat(counts().rejected()).isOne();
        ticker.advance(Duration.ofSeconds(1));
        poll(1, () -> null);
        assertThat(counts().quarantine().state()).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldTakeAProbeOverItsBudgetForOneThatPanicked() {
        guardWith(quarantine());
        poll(3, this::slow);
        ticker.advance(Duration.ofSeconds(1));
        poll(1, this::slow);
        assertThat(counts().quarantine().state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(counts().quarantine().trips()).isEqualTo(2);
        assertThat(counts().quarantine().reason())
                .isEqualTo("the probe exceeded its budget: a call of more than 250ms");
    }

    @Test
    void shouldCountACallOnceThatIsOverItsBudgetAndPanics() {
        guardWith(quarantine());
        poll(2, () -> {
            overrun();
            throw new IllegalStateException("boom");
        });
        assertThat(counts().panics()).isEqualTo(2);
        assertThat(counts().overruns()).isEqualTo(2);
        assertThat(counts().quarantine().state()).isEqualTo(QuarantineState.CLEAR);
    }

    @Test
    void shouldOnlyCountOverrunsWhereThePolicySaysSo() {
        guardWith(quarantine().overruns(false));
        poll(10, this::slow);
        assertThat(counts().overruns()).isEqualTo(10);
        assertThat(counts().quarantine().state()).isEqualTo(QuarantineState.CLEAR);
        poll(3, () -> {
            overrun();
            throw new IllegalStateException("boom");
        });
        assertThat(counts().quarantine().state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(counts().quarantine().reason())
                .isEqualTo("3 panics within 10s, last java.lang.IllegalStateException");
    }

    @Test
    void shouldReportABurstOfOverrunsAndSumTheOthersUp() {
        guardWith(QuarantinePolicy.DEFAULT.toBuilder());
        poll(50, this::slow);
        assertThat(log.messages()).hasSize(5).allSatisfy(line -> assertThat(line)
                .startsWith("extension poll exceeded its budget: a: 250ms on thread "
                        + Thread.currentThread().getName() + " at ")
                .endsWith("; reported"));
        ticker.advance(Duration.ofMinutes(1));
        guard.look();
        assertThat(log.messages().subList(5, log.messages().size()))
                .containsExactly("extension poll exceeded its budget 45 more times in the last 1m: a");
        assertThat(log.list).allMatch(entry -> entry.getLevel() == Level.WARN);
    }

    @Test
    void shouldReportMoreOfThemAsSoonAsTheBurstIsLarger() {
        guardWith(QuarantinePolicy.DEFAULT.toBuilder());
        poll(6, this::slow);
        assertThat(log.messages()).hasSize(5);
        guard.apply(Policies.builder()
                .policy(Phase.POLL, policy(QuarantinePolicy.DEFAULT.toBuilder(), 7))
                .build());
        poll(6, this::slow);
        assertThat(log.messages()).hasSize(7);
    }

    @Test
    void shouldSumUpOverrunsThatAreSilentWhenTheGuardIsClosed() {
        guardWith(QuarantinePolicy.DEFAULT.toBuilder());
        poll(7, this::slow);
        guard.close();
        assertThat(log.messages())
                .last()
                .isEqualTo("extension poll exceeded its budget 2 more times in the last 2s: a");
    }
}
