package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import dev.safe.testing.CapturedLog;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.KeyValuePair;

/** What is logged about a listener that throws. */
class ListenerFailuresTest {

    /** Throws from three of its callbacks. */
    private static final class Metering implements GuardListener {

        private RuntimeException onCount = new IllegalStateException("no room\nfor a count");

        @Override
        public void onCall(String extension, Phase phase, long nanos) {
            throw TestExtension.<RuntimeException>sneaky(new InterruptedException("no time"));
        }

        @Override
        public void onRegistered(ExtensionSnapshot extension) {
            throw new IllegalArgumentException("no such meter");
        }

        @Override
        public void onCount(String extension, Phase phase, Tally tally, long total) {
            throw onCount;
        }
    }

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ManualTicker ticker = new ManualTicker();
    private final Metering metering = new Metering();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .ticker(ticker)
            .policy(
                    Phase.POLL,
                    Unquarantined.POLL.toBuilder()
                            .log(new LogPolicy(0, Duration.ofDays(1), StackTraceLogging.NEVER))
                            .build())
            .listener(metering)
            .build();
    private final TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));

    @AfterEach
    void close() {
        guard.close();
    }

    private ILoggingEvent lineAbout(String callback) {
        return log.list.stream()
                .filter(line -> line.getFormattedMessage().contains(callback))
                .findFirst()
                .orElseThrow();
    }

    private long lines() {
        return log.messages().stream()
                .filter(line -> line.startsWith("listener failed: "))
                .count();
    }

    @Test
    void shouldSayWhichListenerWhichCallbackAndWhichExtensionWithATrace() {
        guard.callPoll(extension);

        ILoggingEvent line = lineAbout("onRegistered");
        assertThat(line.getLevel()).isEqualTo(Level.WARN);
        assertThat(line.getMessage()).isEqualTo("listener failed: {}: {} of {}: {}; ignored");
        assertThat(line.getFormattedMessage())
                .isEqualTo("listener failed: a: onRegistered of " + Metering.class.getName()
                        + ": java.lang.IllegalArgumentException: no such meter; ignored");
        assertThat(line.getKeyValuePairs().stream()
                        .collect(Collectors.toMap((KeyValuePair pair) -> pair.key, pair -> pair.value)))
                .containsOnly(
                        entry("extension", "a"),
                        entry("listener", Metering.class.getName()),
                        entry("callback", "onRegistered"),
                        entry("failure", "java.lang.IllegalArgumentException: no such meter"));
        assertThat(line.getThrowableProxy().getClassName()).isEqualTo("java.lang.IllegalArgumentException");
        assertThat(line.getThrowableProxy().getStackTraceElementProxyArray()).isNotEmpty();
    }

    @Test
    void shouldPrintWhatIsSafeToPrint() {
        guard.callPoll(extension);

        ILoggingEvent line = lineAbout("onCount");
        assertThat(line.getFormattedMessage())
                .isEqualTo("listener failed: a: onCount of " + Metering.class.getName()
                        + ": java.lang.IllegalStateException: no room\\nfor a count; ignored");
        assertThat(((ThrowableProxy) line.getThrowableProxy()).getThrowable()).isNotSameAs(metering.onCount);
        assertThat(line.getThrowableProxy().getMessage()).doesNotContain("\n");
    }

    @Test
    void shouldSayItOnceAMinuteForEachCallback() {
        for (int i = 0; i < 1_000; i++) {
            guard.callPoll(extension);
        }
        assertThat(lines()).isEqualTo(2);

        ticker.advance(Duration.ofMinutes(1));
        metering.onCount = new IllegalStateException("another cause");
        guard.callPoll(extension);
        guard.callPoll(extension);

        assertThat(lines()).isEqualTo(3);
        assertThat(log.messages())
                .anyMatch(line -> line.endsWith("java.lang.IllegalStateException: another cause; ignored"));
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(1_002);
    }

    @Test
    void shouldSayItOfAListenerThatIsAddedToo() {
        guard.callPoll(extension);
        Metering added = new Metering();
        log.list.clear();
        guard.addListener(added);
        assertThat(log.messages())
                .containsExactly("listener failed: a: onRegistered of " + Metering.class.getName()
                        + ": java.lang.IllegalArgumentException: no such meter; ignored");
    }

    @Test
    void shouldReturnWhatTheExtensionDoesAndStayInterruptedThoughAListenerThrows() {
        StepEvent event = new StepEvent("tick", new byte[0], 1, null);
        try (ExtensionGuard timed =
                ExtensionGuard.builder().timers(true).listener(metering).build()) {
            assertThat(timed.callPoll(new TestExtension("a", () -> event))).isSameAs(event);
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(lineAbout("onCall").getFormattedMessage())
                .isEqualTo("listener failed: a: onCall of " + Metering.class.getName()
                        + ": java.lang.InterruptedException: no time; ignored");
    }

    @Test
    void shouldNotBeInterruptedByAnyOtherFailure() {
        guard.callPoll(extension);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(lines()).isEqualTo(2);
    }
}
