package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.safe.testing.CapturedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each line says which extension, what happened, where, and what was done about it. */
class LogLinesTest {

    private static final IllegalStateException BOOM = new IllegalStateException("boom");

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ManualTicker ticker = new ManualTicker();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .ticker(ticker)
            .jitter(() -> 0.5)
            .policy(
                    "fragile",
                    Phase.POLL,
                    PhasePolicy.builder(Phase.POLL)
                            .log(new LogPolicy(0, Duration.ofMinutes(1), StackTraceLogging.NEVER))
                            .quarantine(QuarantinePolicy.builder()
                                    .enabled(true)
                                    .threshold(2)
                                    .maxTrips(2)
                                    .build())
                            .build())
            .build();

    @AfterEach
    void close() {
        guard.close();
    }

    private void assertLine(int index, Level level, String template, String message) {
        ILoggingEvent entry = log.list.get(index);
        assertThat(entry.getLevel()).isEqualTo(level);
        assertThat(entry.getMessage()).isEqualTo(template);
        assertThat(entry.getFormattedMessage().replaceAll(":\\d+\\)", ":1)")).isEqualTo(message);
    }

    @Test
    void shouldSayThatAPanicWasThrownOrRethrown() {
        assertThatThrownBy(() -> guard.callSetup(
                        TestExtension.throwing("a", BOOM), new SetupEnv("cell", Path.of("storage"), Map.of())))
                .isInstanceOf(ExtensionPanicException.class);
        assertThatThrownBy(() -> guard.callPoll(TestExtension.throwing("a", new InternalError("machine"))))
                .isInstanceOf(InternalError.class);
        assertThat(log.list.get(0).getFormattedMessage())
                .startsWith("extension setup panicked: a: java.lang.IllegalStateException: boom at ")
                .endsWith("; thrown");
        assertThat(log.list.get(1).getFormattedMessage())
                .startsWith("extension poll panicked: a: java.lang.InternalError: machine at ")
                .endsWith("; rethrown");
    }

    @Test
    void shouldSayWhySetupFailed() {
        IOException error = new IOException("port 53 is taken");
        assertThatThrownBy(() -> guard.callSetup(
                        TestExtension.throwing("a", error), new SetupEnv("cell", Path.of("storage"), Map.of())))
                .isSameAs(error);
        assertLine(
                0,
                Level.WARN,
                "extension setup failed: {}: {}; passed on",
                "extension setup failed: a: java.io.IOException: port 53 is taken; passed on");
        assertThat(log.list.get(0).getThrowableProxy()).isNull();
        ErrorReport last = guard.snapshot("a").orElseThrow().lastError();
        assertThat(last).isNotNull();
        assertThat(last.phase()).isEqualTo(Phase.SETUP);
        assertThat(last.error()).isEqualTo("java.io.IOException: port 53 is taken");
    }

    @Test
    void shouldRememberTheNewestErrorUntilTheExtensionIsRemoved() {
        guard.callTeardown(TestExtension.throwing("a", new IOException("one")), new TeardownContext(Instant.now()));
        guard.callTeardown(TestExtension.throwing("a", new IOException("two")), new TeardownContext(Instant.now()));
        assertThat(guard.snapshot("a").orElseThrow().lastError())
                .extracting(ErrorReport::message)
                .isEqualTo("two");
        guard.remove("a");
        guard.register(TestExtension.throwing("a", BOOM), "a");
        assertThat(guard.snapshot("a").orElseThrow().lastError()).isNull();
    }

    @Test
    void shouldSayWhyAndForHowLongABoundaryIsInQuarantine() {
        TestExtension extension = TestExtension.throwing("fragile", BOOM);
        guard.callPoll(extension);
        guard.callPoll(extension);
        Instant until = guard.snapshot("fragile")
                .orElseThrow()
                .phase(Phase.POLL)
                .quarantine()
                .until();
        assertLine(
                1,
                Level.WARN,
                "extension poll quarantined: {}: {}; next try at {}",
                "extension poll quarantined: fragile: 2 panics within 10s, last java.lang.IllegalStateException: boom;"
                        + " next try at " + until);
        ticker.advance(Duration.ofSeconds(1));
        guard.callPoll(extension);
        assertLine(
                2,
                Level.WARN,
                "extension poll disabled until released: {}: {}",
                "extension poll disabled until released: fragile: trip 2: the probe panicked:"
                        + " java.lang.IllegalStateException: boom");
        guard.release("fragile", Phase.POLL);
        assertLine(
                3,
                Level.INFO,
                "extension poll released from quarantine: {}: {}",
                "extension poll released from quarantine: fragile: released by hand");
    }

    @Test
    void shouldSayHowLongAQuarantineLastsThatIsNotForPanics() {
        guard.register(TestExtension.throwing("a", BOOM), "a");
        guard.quarantine("a", Phase.HOST, "ticket 4711");
        assertLine(
                0,
                Level.WARN,
                "host function quarantined: {}: {}; until released",
                "host function quarantined: a: ticket 4711; until released");
        guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builtIn(Phase.POLL).toBuilder()
                                .quarantine(QuarantinePolicy.builder()
                                        .hold("ticket 4712")
                                        .build())
                                .build())
                .build());
        assertLine(
                1,
                Level.WARN,
                "extension poll quarantined: {}: {}; until its policy no longer holds it",
                "extension poll quarantined: a: ticket 4712; until its policy no longer holds it");
        guard.release("a", Phase.HOST, "mended\nin 4711");
        assertLine(
                2,
                Level.INFO,
                "host function released from quarantine: {}: {}",
                "host function released from quarantine: a: mended\\nin 4711");
    }

    @Test
    void shouldNotMoveTheEndOfABackoffBetweenTwoReadings() {
        TestExtension extension = TestExtension.throwing("fragile", BOOM);
        guard.callPoll(extension);
        guard.callPoll(extension);
        QuarantineSnapshot first =
                guard.snapshot("fragile").orElseThrow().phase(Phase.POLL).quarantine();
        ticker.advance(Duration.ofMillis(300));
        assertThat(guard.snapshot("fragile").orElseThrow().phase(Phase.POLL).quarantine())
                .isEqualTo(first);
    }

    @Test
    void shouldLetNothingInTheMessageLookLikeAKeyValue() {
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom\" extension=\"b")));
        assertThat(log.list.get(0).getFormattedMessage())
                .contains("boom' extension='b")
                .doesNotContain("\"");
    }
}
