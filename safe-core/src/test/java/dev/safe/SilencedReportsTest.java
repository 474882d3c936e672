package dev.safe;

import static dev.safe.PolledGuard.BOOM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.CapturedLog;
import dev.safe.testing.RecordingListener;
import dev.safe.testing.Together;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many panics are reported in full, and how the others are summarised. */
class SilencedReportsTest {

    private static final String PANIC = "java.lang.IllegalStateException: boom";

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    @Test
    void shouldReportABurstThenNothingThenHowManyMore() {
        PolledGuard polled = new PolledGuard(
                QuarantinePolicy.builder(), new LogPolicy(2, Duration.ofMinutes(1), StackTraceLogging.ALWAYS), 0.5);
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 1_000);
        assertThat(polled.reports()).containsExactly(PANIC, PANIC);
        polled.ticker.advance(Duration.ofMinutes(1));
        polled.guard.look();
        polled.guard.look();
        assertThat(polled.reports()).containsExactly(PANIC, PANIC, "998 more");
        polled.poll(extension, 3);
        assertThat(polled.reports()).containsExactly(PANIC, PANIC, "998 more", PANIC, PANIC);
        polled.guard.close();
        assertThat(polled.reports()).endsWith("1 more");
        assertThat(polled.phase().panics()).isEqualTo(1_003);
    }

    @Test
    @Tag("slow")
    void shouldAccountForEachPanicOfEveryThread() throws Exception {
        int threads = 4;
        int panics = 50_000;
        RecordingListener listener = new RecordingListener();
        ExtensionGuard guard = ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        Unquarantined.POLL.toBuilder()
                                .log(new LogPolicy(
                                        2,
                                        Duration.ofMillis(1),
                                        StackTraceLogging.ALWAYS)) // New intervals all the time.
                                .build())
                .listener(listener)
                .build();
        TestExtension extension = TestExtension.throwing("a", BOOM);
        Together.run(threads, () -> {
            for (int i = 0; i < panics; i++) {
                guard.callPoll(extension);
            }
        });
        guard.close();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(threads * panics);
        long silenced = listener.all(SilenceReport.class).stream()
                .mapToLong(SilenceReport::count)
                .sum();
        assertThat(silenced).isPositive();
        assertThat(listener.all(PanicReport.class)).hasSize((int) (threads * panics - silenced));
    }

    @ParameterizedTest
    @CsvSource({"PT3S, 3s", "PT3M, 1m"})
    void shouldSayHowMuchOfTheIntervalHadPassedWhenTheGuardCloses(Duration passed, String reported) {
        PolledGuard polled = new PolledGuard(
                QuarantinePolicy.builder(), new LogPolicy(1, Duration.ofMinutes(1), StackTraceLogging.NEVER), 0.5);
        polled.poll(TestExtension.throwing("a", BOOM), 10);
        polled.ticker.advance(passed);
        polled.guard.close();
        assertThat(log.messages())
                .endsWith("extension poll panicked 9 more times in the last " + reported
                        + ": a: 9 java.lang.IllegalStateException");
    }
}
