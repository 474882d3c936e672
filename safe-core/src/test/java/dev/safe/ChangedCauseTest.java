package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.CapturedLog;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A panic with a new cause is reported, however many panics with another cause there were before. */
class ChangedCauseTest {

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ManualTicker ticker = new ManualTicker();
    private final TestExtension extension = new TestExtension("a", () -> null);
    private ExtensionGuard guard = guardWith(StackTraceLogging.ONCE);

    private ExtensionGuard guardWith(StackTraceLogging stackTrace) {
        return ExtensionGuard.builder()
                .ticker(ticker)
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .log(new LogPolicy(5, Duration.ofMinutes(1), stackTrace))
                                .quarantine(QuarantinePolicy.DEFAULT)
                                .build())
                .build();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private void panic(int times, Supplier<Throwable> thrown) {
        extension.behave(() -> {
            throw TestExtension.<RuntimeException>sneaky(thrown.get());
        });
        for (int i = 0; i < times; i++) {
            guard.callPoll(extension);
        }
    }

    private void panicForThreeReasons() {
        panic(100, () -> new NoClassDefFoundError("com/acme/Gone"));
        panic(100, () -> new IllegalStateException("boom"));
        panic(50, StackOverflowError::new);
    }

    @Test
    void shouldReportTheFirstOfEachTypeAndSumTheOthersUpByType() {
        panicForThreeReasons();
        assertThat(log.messages()).hasSize(7);
        assertThat(log.messages().subList(0, 5))
                .allMatch(line -> line.contains(": a: java.lang.NoClassDefFoundError: com/acme/Gone at "));
        assertThat(log.messages().get(5)).contains(": a: java.lang.IllegalStateException: boom at ");
        assertThat(log.messages().get(6)).contains(": a: java.lang.StackOverflowError at ");
        ticker.advance(Duration.ofMinutes(1));
        guard.look();
        assertThat(log.messages().subList(7, log.messages().size()))
                .containsExactly("extension poll panicked 243 more times in the last 1m: a:"
                        + " 99 java.lang.IllegalStateException, 95 java.lang.NoClassDefFoundError,"
                        + " 49 java.lang.StackOverflowError");
    }

    @Test
    void shouldListEachType() {
        panicForThreeReasons();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).recentPanics())
                .extracting(PanicSnapshot::type)
                .containsExactly(
                        "java.lang.StackOverflowError",
                        "java.lang.IllegalStateException",
                        "java.lang.NoClassDefFoundError");
    }

    @Test
    void shouldPrintTheTraceOfTheFirstOfEachTypeOnly() {
        panicForThreeReasons();
        assertThat(log.list)
                .extracting(entry -> entry.getThrowableProxy() != null)
                .containsExactly(true, false, false, false, false, true, true);
        ticker.advance(Duration.ofMinutes(1));
        log.list.clear();
        panic(2, () -> new IllegalStateException("boom"));
        assertThat(log.list.stream().filter(entry -> entry.getThrowableProxy() != null))
                .hasSize(1);
    }

    @Test
    void shouldPrintEveryTraceOrNone() {
        guard.close();
        guard = guardWith(StackTraceLogging.ALWAYS);
        panic(3, () -> new IllegalStateException("boom"));
        assertThat(log.list).hasSize(3).allMatch(entry -> entry.getThrowableProxy() != null);
        log.list.clear();
        guard.close();
        guard = guardWith(StackTraceLogging.NEVER);
        panic(3, () -> new IllegalStateException("boom"));
        assertThat(log.list).hasSize(3).allMatch(entry -> entry.getThrowableProxy() == null);
    }
}
