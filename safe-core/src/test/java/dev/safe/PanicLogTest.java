package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.safe.testing.CapturedLog;
import dev.safe.testing.HostileThrowables;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

class PanicLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.safe.ExtensionGuard");

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();

    static Stream<Named<Throwable>> hostile() {
        return HostileThrowables.all();
    }

    private static Map<String, Object> keyValues(ILoggingEvent entry) {
        Map<String, Object> keyValues = new TreeMap<>();
        entry.getKeyValuePairs().forEach(pair -> keyValues.put(pair.key, pair.value));
        return keyValues;
    }

    @Test
    void shouldLogAPanicWithItsCause() {
        IllegalStateException panic = new IllegalStateException("boom");
        guard.callPoll(TestExtension.throwing("network.udp", panic));
        ILoggingEvent entry = log.list.get(0);
        assertThat(entry.getLevel()).isEqualTo(Level.ERROR);
        assertThat(entry.getMessage()).isEqualTo("extension poll panicked: {}: {} at {}; {}");
        assertThat(entry.getFormattedMessage())
                .matches(
                        "extension poll panicked: network\\.udp: java\\.lang\\.IllegalStateException: boom"
                                + " at dev\\.safe\\.PanicLogTest\\.shouldLogAPanicWithItsCause\\(PanicLogTest\\.java:\\d+\\); suppressed");
        assertThat(keyValues(entry))
                .isEqualTo(Map.of(
                        "extension", "network.udp",
                        "phase", "poll",
                        "panic", "java.lang.IllegalStateException: boom"));
        assertThat(((ThrowableProxy) entry.getThrowableProxy()).getThrowable()).isSameAs(panic);
    }

    @Test
    void shouldNameTheEventAndTheFunction() {
        TestExtension extension = TestExtension.throwing("a", new Error("x"));
        guard.callFinalize(extension, 42);
        guard.recoverHost("a", "send\r\n", new Error("x"));
        assertThat(keyValues(log.list.get(0))).containsEntry("id", 42L);
        assertThat(log.list.get(1).getMessage()).isEqualTo("host function panicked: {}: {}: {} at {}; {}");
        assertThat(log.list.get(1).getFormattedMessage())
                .startsWith("host function panicked: a: send\\r\\n: java.lang.Error: x at dev.safe.PanicLogTest.")
                .endsWith("; suppressed");
        assertThat(keyValues(log.list.get(1))).containsEntry("func", "send\\r\\n");
    }

    @Test
    void shouldLogTheErrorThatTeardownReturned() {
        guard.callTeardown(
                TestExtension.throwing("a", new IOException("still open")), new TeardownContext(Instant.now()));
        assertThat(log.list.get(0).getFormattedMessage())
                .isEqualTo("extension teardown failed: a: java.io.IOException: still open");
        assertThat(log.list.get(0).getLevel()).isEqualTo(Level.ERROR);
    }

    @Test
    void shouldLogTheTraceOfAnErrorThatTeardownReturnedUnlessToldNotTo() {
        IOException error = new IOException("still open");
        guard.callTeardown(TestExtension.throwing("a", error), new TeardownContext(Instant.now()));
        assertThat(((ThrowableProxy) log.list.get(0).getThrowableProxy()).getThrowable())
                .isSameAs(error);
        ExtensionGuard terse = ExtensionGuard.builder()
                .policy(
                        Phase.TEARDOWN,
                        PhasePolicy.builder(Phase.TEARDOWN)
                                .log(new LogPolicy(5, Duration.ofMinutes(1), StackTraceLogging.NEVER))
                                .build())
                .build();
        terse.callTeardown(TestExtension.throwing("a", error), new TeardownContext(Instant.now()));
        assertThat(log.list.get(1).getThrowableProxy()).isNull();
    }

    @Test
    void shouldMakeControlCharactersSafe() {
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("one\nERROR two\u001B[31m\u0085\u2028")));
        ILoggingEvent entry = log.list.get(0);
        assertThat((String) keyValues(entry).get("panic"))
                .isEqualTo("java.lang.IllegalStateException: one\\nERROR two\\u001B[31m\\u0085\\u2028");
        assertThat(entry.getThrowableProxy().getMessage())
                .startsWith("java.lang.IllegalStateException: one\\nERROR two")
                .doesNotContainPattern("\\p{Cntrl}");
    }

    @Test
    void shouldLetNoValueEndItsQuotesEarly() {
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom\" extension=\"b")));
        guard.recoverHost("a", "send\" extension=\"b", new Error("x\\"));
        guard.callTeardown(TestExtension.throwing("a", new IOException("\"")), new TeardownContext(Instant.now()));
        guard.quarantine("a", Phase.POLL, "\"ticket\" 4711");
        assertThat(log.list).hasSize(4).allSatisfy(entry -> assertThat(
                        keyValues(entry).values().toString())
                .doesNotContain("\""));
        assertThat(keyValues(log.list.get(0)))
                .containsEntry("panic", "java.lang.IllegalStateException: boom' extension='b");
        assertThat(keyValues(log.list.get(1)))
                .containsEntry("func", "send' extension='b")
                .containsEntry("panic", "java.lang.Error: x\\u005C");
        assertThat(keyValues(log.list.get(2))).containsEntry("error", "java.io.IOException: '");
        assertThat(keyValues(log.list.get(3))).containsEntry("reason", "'ticket' 4711");
    }

    /** A thread's name comes from whoever started it, possibly the extension. */
    @Test
    void shouldLetNoValueOfAnOverrunEndItsQuotesEarly() {
        new PanicLog((extension, phase) -> PhasePolicy.builder(phase).build(), logger)
                .onOverrun(new OverrunReport(
                        "a",
                        Phase.POLL,
                        Instant.EPOCH,
                        Duration.ofMillis(20),
                        "poller\" extension=\"b",
                        List.of("a.B.\"c\""),
                        true));
        assertThat(keyValues(log.list.get(0)))
                .containsEntry("thread", "poller' extension='b")
                .containsEntry("stuckAt", "a.B.'c'");
    }

    @Test
    void shouldLeaveTheStackTraceOutWhenToldTo() {
        ExtensionGuard terse = ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .log(new LogPolicy(5, Duration.ofMinutes(1), StackTraceLogging.NEVER))
                                .build())
                .build();
        terse.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
        assertThat(log.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void shouldGrowByABurstAndOneSummaryAnInterval() {
        ManualTicker ticker = new ManualTicker();
        ExtensionGuard throttled = ExtensionGuard.builder()
                .ticker(ticker)
                .policy(Phase.POLL, Unquarantined.POLL)
                .build();
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        for (int i = 0; i < 1_000; i++) {
            throttled.callPoll(extension);
        }
        assertThat(log.list).hasSize(5);
        ticker.advance(Duration.ofMinutes(1));
        throttled.look();
        assertThat(log.list).hasSize(6);
        assertThat(log.list.get(5).getFormattedMessage())
                .isEqualTo(
                        "extension poll panicked 995 more times in the last 1m: a: 995 java.lang.IllegalStateException");
        throttled.close();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void shouldContainAndReportWhateverAThrowableDoes(Throwable hostile) {
        TestExtension extension = TestExtension.throwing("a", hostile);
        assertThat(guard.callPoll(extension)).isNull();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isOne();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).recentPanics())
                .hasSize(1);
        assertThat(log.list).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void shouldThrowThePanicAndNothingElseOutOfSetup(Throwable hostile) {
        try {
            guard.callSetup(
                    TestExtension.throwing("a", hostile),
                    new SetupEnv("cell", java.nio.file.Path.of("storage"), Map.of()));
        } catch (ExtensionPanicException panic) {
            assertThat(panic.value() == hostile).isTrue();
            assertThat(panic.getMessage()).startsWith("extension \"a\" panic during setup: ");
            return;
        } catch (Exception other) {
            throw new AssertionError("something else", other);
        }
        throw new AssertionError("nothing");
    }

    @Test
    void shouldSurviveAnAppenderThatThrows() {
        for (Throwable failure : List.of(
                new IllegalStateException("disk full"), new OutOfMemoryError("not really"), new StackOverflowError())) {
            AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
                @Override
                public synchronized void doAppend(ILoggingEvent entry) {
                    throw TestExtension.<RuntimeException>sneaky(failure);
                }

                @Override
                protected void append(ILoggingEvent entry) {}
            };
            logger.addAppender(failing);
            assertThat(guard.callPoll(TestExtension.throwing("b", new IllegalStateException("boom"))))
                    .isNull();
            logger.detachAppender(failing);
        }
        assertThat(guard.snapshot("b").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(3);
    }
}
