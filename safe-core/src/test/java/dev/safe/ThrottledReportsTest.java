package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.watch.Visited;
import dev.safe.internal.watch.Watchdog;
import dev.safe.testing.RecordingListener;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThrottledReportsTest {

    private static final String KIND = "java.io.IOException";

    private final ManualTicker ticker = new ManualTicker();
    private final RecordingListener listener = new RecordingListener();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .ticker(ticker)
            .policy(
                    Phase.SETUP,
                    PhasePolicy.builder(Phase.SETUP)
                            .log(new LogPolicy(1, Duration.ofMinutes(1), StackTraceLogging.NEVER))
                            .build())
            .listener(listener)
            .build();
    private final Boundary boundary = guard.registry().named("a").boundary(Phase.SETUP);
    private final ThrottledReports reports = new ThrottledReports(boundary, Tally.ERRORS);

    @AfterEach
    void close() {
        guard.close();
    }

    private List<SilenceReport> silences() {
        return listener.all(SilenceReport.class);
    }

    private static SilenceReport silence(long count, Duration time) {
        return new SilenceReport("a", Phase.SETUP, Tally.ERRORS, count, time, Map.of(KIND, count));
    }

    @Test
    void shouldAskForVisitsUntilTheIntervalHasEndedAndAllIsReported() {
        assertThat(reports.admit(KIND)).isTrue();
        assertThat(reports.visitSilenced(ticker.read())).isFalse();
        assertThat(reports.admit(KIND)).isFalse();
        assertThat(reports.admit(KIND)).isFalse();
        ticker.advance(Duration.ofMinutes(1).minusNanos(1));
        assertThat(reports.visitSilenced(ticker.read())).isTrue();
        assertThat(silences()).isEmpty();
        ticker.advance(Duration.ofNanos(1));
        assertThat(reports.visitSilenced(ticker.read())).isFalse();
        assertThat(silences()).containsExactly(silence(2, Duration.ofMinutes(1)));
    }

    @Test
    void shouldReportWhatWasSilencedBeforeTheFirstReportOfTheNextInterval() {
        reports.admit(KIND);
        reports.admit(KIND);
        ticker.advance(Duration.ofMinutes(1));
        assertThat(reports.admit(KIND)).isTrue();
        assertThat(silences()).containsExactly(silence(1, Duration.ofMinutes(1)));
    }

    @Test
    void shouldReportWhatWasSilencedSoFar() {
        reports.admit(KIND);
        reports.admit(KIND);
        ticker.advance(Duration.ofSeconds(3));
        reports.reportSilenced();
        reports.reportSilenced();
        assertThat(silences()).containsExactly(silence(1, Duration.ofSeconds(3)));
    }

    @Test
    void shouldDecideAnewOnceTheBurstIsLarger() {
        reports.admit(KIND);
        assertThat(reports.admit(KIND)).isFalse();
        boundary.apply(PhasePolicy.builder(Phase.SETUP)
                .log(new LogPolicy(2, Duration.ofMinutes(1), StackTraceLogging.NEVER))
                .build());
        assertThat(reports.admit(KIND)).isFalse();
        reports.reconsider();
        assertThat(reports.admit(KIND)).isTrue();
        assertThat(reports.admit(KIND)).isFalse();
    }

    @Test
    void shouldForgetWhatWasReportedAndSilenced() {
        reports.admit(KIND);
        reports.admit(KIND);
        reports.reset();
        reports.reportSilenced();
        assertThat(silences()).isEmpty();
        assertThat(reports.admit(KIND)).isTrue();
    }

    @Test
    void shouldHaveTheWatchdogReportWhatCouldNotBe() {
        boundary.watch().reports().silence();
        guard.look();
        assertThat(silences())
                .containsExactly(
                        new SilenceReport("a", Phase.SETUP, Tally.OVERRUNS, 1, Duration.ofMinutes(1), Map.of()));
    }

    /** A visit on the watchdog's own thread, which leaves reports to threads that may hang. */
    private static final class Visit implements Visited {

        private final LongConsumer visit;

        Visit(LongConsumer visit) {
            this.visit = visit;
        }

        @Override
        public void visit(long now) {
            visit.accept(now);
        }

        @Override
        public void visitsEnded() {}
    }

    @Test
    void shouldAskForAnotherVisitWhileAsManyReportsHangAsMay() throws Exception {
        Watchdog watchdog = guard.registry().services().watchdog();
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Visited visit = new Visit(now -> {
            boolean hangs = true;
            while (hangs) {
                hangs = watchdog.run(() -> await(end));
            }
            left.complete(reports.visitSilenced(now));
        });
        reports.admit(KIND);
        reports.admit(KIND);
        ticker.advance(Duration.ofMinutes(1));
        watchdog.visit(new WeakReference<>(visit));
        assertThat(left.get(60, TimeUnit.SECONDS)).isTrue();
        Reference.reachabilityFence(visit);
        end.countDown();
        assertThat(silences()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
