package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.RecordingListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts, reports and times calls with a budget. */
@Timeout(60)
class BudgetTest {

    private final ManualTicker ticker = new ManualTicker();

    private final RecordingListener listener = new RecordingListener();

    private ExtensionGuard guard = ExtensionGuard.ofDefaults();

    private void guardWith(Duration limit, OnOverrun onOverrun, boolean manual) {
        ExtensionGuard.Builder builder = ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(limit, onOverrun)))
                .listener(listener);
        guard = manual ? builder.ticker(ticker).build() : builder.build();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private PhaseSnapshot poll() {
        return guard.snapshot("a").orElseThrow().phase(Phase.POLL);
    }

    @Test
    void shouldReportACallThatOutlastsItsBudgetOnce() throws Exception {
        guardWith(Duration.ofSeconds(1), OnOverrun.REPORT, true);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread caller = new Thread(
                () -> {
                    guard.callPoll(new TestExtension("a", () -> {
                        hanging.countDown();
                        end.await();
                        return null;
                    }));
                    interrupted.set(Thread.currentThread().isInterrupted());
                },
                "the caller");
        caller.start();
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        ticker.advance(Duration.ofSeconds(1));
        guard.look();
        assertThat(poll().overruns()).isZero();
        ticker.advance(Duration.ofNanos(1));
        guard.look();
        guard.look();
        assertThat(poll().overruns()).isOne();
        assertThat(poll().stuck()).isOne();
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.STUCK);
        assertThat(guard.state("a")).hasValue(ExtensionState.STUCK);
        end.countDown();
        caller.join();
        assertThat(poll().stuck()).isZero();
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.RUNNING);
        assertThat(interrupted).isFalse();
        assertThat(listener.all(OverrunReport.class)).hasSize(1).first().satisfies(report -> {
            assertThat(report.thread()).isEqualTo("the caller");
            assertThat(report.frames()).anyMatch(frame -> frame.startsWith("dev.safe.BudgetTest.lambda$"));
            assertThat(report.interrupted()).isFalse();
        });
    }

    @Test
    void shouldHaveCountedAnOverrunByTheTimeTheCallReturns() {
        guardWith(Duration.ofMillis(1), OnOverrun.INTERRUPT, false);
        TestExtension hanging = new TestExtension("a", () -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return null;
        });
        for (int i = 1; i <= 200; i++) {
            guard.callPoll(hanging);
            assertThat(poll().overruns()).isEqualTo(i);
            assertThat(poll().stuck()).isZero();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void shouldCountANestedCallOnce() throws Exception {
        guardWith(Duration.ofSeconds(1), OnOverrun.REPORT, true);
        TestExtension extension = new TestExtension("a", () -> {
            ticker.advance(Duration.ofSeconds(2));
            guard.look();
            return null;
        });
        guard.callPoll(guard.guarded(extension));
        assertThat(poll().overruns()).isOne();
    }

    @Test
    void shouldNotCountACallFromTheBeginningOfAnEarlierOne() {
        try (ExtensionGuard yesterday = ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMinutes(1), OnOverrun.REPORT)))
                .ticker(() -> System.nanoTime() - Duration.ofDays(1).toNanos())
                .build()) {
            yesterday.callPoll(new TestExtension("a", () -> null));
        }
        guardWith(Duration.ofMinutes(1), OnOverrun.REPORT, false);
        guard.callPoll(new TestExtension("a", () -> {
            guard.look();
            return null;
        }));
        assertThat(poll().overruns()).isZero();
    }

    @Test
    void shouldNotChargeAnExtensionForTheTimeThatReportsTake() {
        guardWith(Duration.ofSeconds(1), OnOverrun.INTERRUPT, true);
        guard.addListener(new RecordingListener().on(PanicReport.class, report -> {
            ticker.advance(Duration.ofSeconds(5));
            guard.look();
        }));
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
        assertThat(poll().overruns()).isZero();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void shouldTimeCallsWhenAsked() {
        guard = ExtensionGuard.builder()
                .ticker(ticker)
                .timers(true)
                .listener(listener)
                .build();
        guard.callPoll(new TestExtension("a", () -> {
            ticker.advance(Duration.ofNanos(7));
            return null;
        }));
        assertThat(listener.all(RecordingListener.Called.class))
                .containsExactly(new RecordingListener.Called("a", Phase.POLL, 7));
    }
}
