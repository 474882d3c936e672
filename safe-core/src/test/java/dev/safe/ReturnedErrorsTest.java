package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import dev.safe.testing.CapturedLog;
import dev.safe.testing.RecordingListener;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Errors that setup and teardown return over and over do not flood the log, and none is invisible. */
class ReturnedErrorsTest {

    private static final String TAKEN = "extension setup failed: a: java.io.IOException: port taken; passed on";

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ManualTicker ticker = new ManualTicker();
    private final RecordingListener listener = new RecordingListener();
    private final ExtensionGuard guard =
            ExtensionGuard.builder().ticker(ticker).listener(listener).build();
    private final Failing extension = new Failing();

    private static final class Failing implements ExtensionCapability {

        private Exception error = new IOException("port taken");

        @Override
        public String name() {
            return "a";
        }

        @Override
        public void setup(SetupEnv env) throws Exception {
            throw error;
        }

        @Override
        public void teardown(TeardownContext context) throws Exception {
            throw error;
        }
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private void setUp(int times) {
        for (int i = 0; i < times; i++) {
            Throwable passedOn = catchThrowable(
                    () -> guard.callSetup(extension, new SetupEnv("cell", Path.of("storage"), Map.of())));
            assertThat(passedOn).isSameAs(extension.error);
        }
    }

    @Test
    void shouldLogABurstAndTheFirstOfEachTypeAndSumUpTheOthers() {
        setUp(100);
        extension.error = new FileNotFoundException("gone");
        setUp(10);
        assertThat(log.messages())
                .containsExactly(
                        TAKEN,
                        TAKEN,
                        TAKEN,
                        TAKEN,
                        TAKEN,
                        "extension setup failed: a: java.io.FileNotFoundException: gone; passed on");
        ticker.advance(Duration.ofMinutes(1));
        guard.look();
        guard.look();
        assertThat(log.messages())
                .hasSize(7)
                .endsWith("extension setup failed 104 more times in the last 1m: a: 95 java.io.IOException,"
                        + " 9 java.io.FileNotFoundException");
        assertThat(log.list.get(6).getLevel()).isEqualTo(Level.WARN);
        assertThat(log.list.get(6).getMessage())
                .isEqualTo("extension setup failed {} more times in the last {}: {}: {}");
        setUp(1);
        assertThat(log.messages()).hasSize(8);
    }

    @Test
    void shouldCountEachErrorAndKeepTheNewest() {
        setUp(50);
        extension.error = new IOException("port still taken");
        setUp(1);
        ExtensionSnapshot snapshot = guard.snapshot("a").orElseThrow();
        assertThat(snapshot.phase(Phase.SETUP).errors()).isEqualTo(51);
        assertThat(snapshot.lastError()).extracting(ErrorReport::message).isEqualTo("port still taken");
        assertThat(listener.all(RecordingListener.Counted.class))
                .filteredOn(count -> count.tally() == Tally.ERRORS)
                .hasSize(51);
        assertThat(listener.all(ErrorReport.class)).hasSize(5);
    }

    @Test
    void shouldSumUpWhatTeardownReturnsWhenTheGuardCloses() {
        for (int i = 0; i < 12; i++) {
            guard.callTeardown(extension, new TeardownContext(Instant.now()));
        }
        ticker.advance(Duration.ofSeconds(3));
        guard.close();
        assertThat(log.messages())
                .hasSize(6)
                .startsWith("extension teardown failed: a: java.io.IOException: port taken")
                .endsWith("extension teardown failed 7 more times in the last 3s: a: 7 java.io.IOException");
        assertThat(log.list.get(5).getLevel()).isEqualTo(Level.ERROR);
        assertThat(listener.all(SilenceReport.class))
                .containsExactly(new SilenceReport(
                        "a",
                        Phase.TEARDOWN,
                        Tally.ERRORS,
                        7,
                        Duration.ofSeconds(3),
                        Map.of("java.io.IOException", 7L)));
    }

    @Test
    void shouldThrottleEachBoundaryAndEachKindOfOutcomeByItself() {
        setUp(10);
        guard.callTeardown(extension, new TeardownContext(Instant.now()));
        extension.error = new IllegalStateException("boom");
        catchThrowable(() -> guard.callSetup(extension, new SetupEnv("cell", Path.of("storage"), Map.of())));
        assertThat(log.messages().subList(5, 7)).satisfies(lines -> {
            assertThat(lines.get(0)).isEqualTo("extension teardown failed: a: java.io.IOException: port taken");
            assertThat(lines.get(1)).startsWith("extension setup panicked: a: java.lang.IllegalStateException: boom");
        });
    }

    @Test
    void shouldStartOverAfterARemovalOrWithALargerBurst() {
        setUp(10);
        guard.remove("a");
        log.list.clear();
        setUp(10);
        assertThat(log.messages()).isEqualTo(List.of(TAKEN, TAKEN, TAKEN, TAKEN, TAKEN));
        guard.apply(Policies.builder()
                .policy(
                        Phase.SETUP,
                        PhasePolicy.builder(Phase.SETUP)
                                .log(new LogPolicy(7, Duration.ofMinutes(1), StackTraceLogging.ONCE))
                                .build())
                .build());
        setUp(10);
        assertThat(log.messages()).hasSize(7);
    }
}
