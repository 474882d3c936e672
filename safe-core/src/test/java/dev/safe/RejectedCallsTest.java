package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import dev.safe.testing.Together;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rejected calls with the system's clock, which they do not read themselves. */
@Timeout(60)
class RejectedCallsTest {

    private static final RuntimeException BOOM = new IllegalStateException("boom");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TestExtension extension = TestExtension.throwing("a", BOOM);
    private ExtensionGuard guard = ExtensionGuard.ofDefaults();

    private void guardWith(Duration backoff) {
        guard = ExtensionGuard.builder()
                .jitter(() -> 0.5)
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(QuarantinePolicy.builder()
                                        .enabled(true)
                                        .threshold(1)
                                        .initialBackoff(backoff)
                                        .maxBackoff(Duration.ofHours(2))
                                        .build())
                                .build())
                .build();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private long rejected() {
        return guard.snapshot("a").orElseThrow().phase(Phase.POLL).rejected();
    }

    /** Polls until the extension was called a number of times. Returns how many polls preceded the last one. */
    private long pollUntilCalled(int times) {
        long polls = 0;
        while (extension.calls.get() < times) {
            guard.callPoll(extension);
            polls++;
        }
        return polls - 1;
    }

    private void pollFor(long millis) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(millis)) {
            guard.callPoll(extension);
        }
    }

    @Test
    void shouldProbeOnceTheBackoffIsOverAndNotBefore() {
        guardWith(Duration.ofMillis(300));
        long tripped = System.nanoTime(); // Read late, so that times come out long rather than short.
        pollUntilCalled(1);
        long before = pollUntilCalled(2);
        assertThat(System.nanoTime() - tripped).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(299));
        assertThat(rejected()).isEqualTo(before);
        before += pollUntilCalled(3);
        assertThat(System.nanoTime() - tripped).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(899));
        assertThat(rejected()).isEqualTo(before);
    }

    @Test
    void shouldProbeThoughTheGuardWasClosedMeanwhile() {
        guardWith(Duration.ofMillis(400));
        pollUntilCalled(1);
        pollFor(150);
        guard.close();
        pollUntilCalled(2);
        pollUntilCalled(3);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(3);
    }

    /** Without a watchdog nobody sets the gate to rejecting, so each call asks for itself. */
    @Test
    void shouldProbeWithTheFirstCallThatIsDueThoughTheGuardIsClosed() {
        Duration backoff = Duration.ofMillis(500);
        guardWith(backoff);
        pollUntilCalled(1);
        long tripped = System.nanoTime();
        guard.close();
        pollFor(200);
        assertThat(extension.calls).hasValue(1);
        assertThat(Eventually.holds(PATIENCE, () -> System.nanoTime() - tripped >= backoff.toNanos()))
                .isTrue();
        guard.callPoll(extension);
        assertThat(extension.calls).hasValue(2);
    }

    @Test
    void shouldCallAgainAtOnceWhenReleased() {
        guardWith(Duration.ofHours(1));
        pollUntilCalled(1);
        pollFor(150);
        assertThat(extension.calls).hasValue(1);
        guard.release("a", Phase.POLL);
        guard.callPoll(extension);
        assertThat(extension.calls).hasValue(2);
    }

    @Test
    void shouldProbeThoughTheWatchdogIsHeldUp() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        guardWith(Duration.ofMillis(500));
        guard.addListener(new RecordingListener().on(SilenceReport.class, report -> {
            held.countDown();
            try {
                end.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }));
        guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(QuarantinePolicy.builder()
                                        .enabled(true)
                                        .threshold(1)
                                        .initialBackoff(Duration.ofMillis(500))
                                        .build())
                                .build())
                .policy(
                        "noisy",
                        Phase.POLL,
                        Unquarantined.POLL.toBuilder()
                                .log(new LogPolicy(0, Duration.ofMillis(300), StackTraceLogging.ALWAYS))
                                .build())
                .build());
        TestExtension noisy = TestExtension.throwing("noisy", BOOM);
        guard.callPoll(noisy);
        guard.callPoll(noisy); // The first panic of its type is reported whatever the burst is.
        pollUntilCalled(1);
        assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
        pollUntilCalled(2);
        end.countDown();
    }

    @Test
    void shouldTellOfEachOnceSomebodyListens() {
        RecordingListener listener = new RecordingListener();
        guard.register(extension, "a");
        guard.quarantine("a", Phase.POLL, "to be told of");
        guard.callPoll(extension);
        guard.addListener(listener);
        guard.callPoll(extension);
        guard.callPoll(extension);
        guard.release("a", Phase.POLL);
        guard.callPoll(extension);
        guard.quarantine("a", Phase.POLL, "to be told of again");
        guard.callPoll(extension);
        assertThat(listener.all(RecordingListener.Counted.class))
                .filteredOn(count -> count.tally() == Tally.REJECTED)
                .extracting(RecordingListener.Counted::total)
                .containsExactly(2L, 3L, 4L);
        assertThat(extension.calls).hasValue(1);
    }

    @Test
    void shouldCountThoseOfEveryThread() throws Exception {
        int calls = 100_000;
        int threads = 4;
        guard.register(extension, "a");
        guard.quarantine("a", Phase.POLL, "to be counted");
        Together.run(threads, () -> {
            for (int i = 0; i < calls; i++) {
                guard.callPoll(extension);
            }
        });
        assertThat(rejected()).isEqualTo((long) threads * calls);
        assertThat(extension.calls).hasValue(0);
    }
}
