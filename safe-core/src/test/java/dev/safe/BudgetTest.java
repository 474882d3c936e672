package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.RecordingListener;
import dev.safe.testing.Together;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

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

    private boolean isInterruptedAfterPolling(ExtensionCapability extension) throws Exception {
        return Together.call(1, () -> {
                    guard.callPoll(extension);
                    return Thread.currentThread().isInterrupted();
                })
                .get(0);
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
    void shouldInterruptAHangAndLeaveNoTrace() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        TestExtension hanging = new TestExtension("a", () -> {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            return null;
        });
        assertThat(isInterruptedAfterPolling(hanging)).isFalse();
        assertThat(poll().overruns()).isOne();
        assertThat(poll().panics()).isZero();
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
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shouldInterruptAHangOnAVirtualThread() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Runnable call = () -> {
            guard.callPoll(new TestExtension("a", () -> {
                never.await();
                return null;
            }));
            flag.set(Thread.currentThread().isInterrupted());
        };
        Thread caller = (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, call);
        caller.join();
        assertThat(flag.get()).isFalse();
        assertThat(poll().overruns()).isOne();
        assertThat(poll().stuck()).isZero();
    }

    @Test
    void shouldNotTakeItsOwnInterruptForTheHosts() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        CountDownLatch never = new CountDownLatch(1);
        TestExtension hanging = new TestExtension("a", () -> {
            never.await(); // Throws an InterruptedException.
            return null;
        });
        assertThat(isInterruptedAfterPolling(hanging)).isFalse();
        assertThat(poll().overruns()).isOne();
        assertThat(poll().panics()).isOne();
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
    void shouldKeepAnInterruptThatIsTheHosts() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        TestExtension hanging = new TestExtension("a", () -> {
            while (poll().overruns() == 0) {
                Thread.onSpinWait();
            }
            return null;
        });
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            Thread.currentThread().interrupt();
            guard.callPoll(hanging);
            flag.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        caller.join();
        assertThat(flag.get()).isTrue();
    }

    @Test
    void shouldNeverInterruptACallThatHasReturned() throws Exception {
        guardWith(Duration.ofMillis(1), OnOverrun.INTERRUPT, false);
        TestExtension quick = new TestExtension("a", () -> null);
        long[] busy = {0};
        TestExtension edge = new TestExtension("a", () -> {
            long end = System.nanoTime() + 500_000 + (busy[0]++ % 20) * 100_000; // Now under, now over.
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return null;
        });
        AtomicReference<String> stray = new AtomicReference<>("none");
        Thread caller = new Thread(() -> {
            for (int i = 0; i < 1_000; i++) {
                guard.callPoll(edge);
                if (Thread.interrupted()) {
                    stray.set("after an edge, round " + i);
                }
                for (int j = 0; j < 3_000; j++) {
                    guard.callPoll(quick);
                    if (Thread.interrupted()) {
                        stray.set("after a short call, round " + i);
                    }
                }
            }
        });
        caller.start();
        caller.join();
        assertThat(stray).hasValue("none");
        assertThat(poll().overruns()).isPositive();
        assertThat(poll().stuck()).isZero();
    }

    /** Interrupting a thread that is blocked in a channel runs the channel's code, which may be the extension's. */
    private static final class HangingChannel extends AbstractInterruptibleChannel {

        final CountDownLatch closing = new CountDownLatch(1);
        final CountDownLatch never = new CountDownLatch(1);

        void block() {
            begin();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
        }

        @Override
        protected void implCloseChannel() {
            closing.countDown();
            boolean hanging = true;
            while (hanging) {
                try {
                    never.await();
                    hanging = false;
                } catch (InterruptedException ignored) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void shouldEndOneHangThoughTheInterruptOfAnotherHangs() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        HangingChannel channel = new HangingChannel();
        Thread bad = new Thread(() -> guard.callPoll(new TestExtension("bad", () -> {
            channel.block();
            return null;
        })));
        bad.start();
        assertThat(channel.closing.await(10, TimeUnit.SECONDS)).isTrue();
        CountDownLatch end = new CountDownLatch(1);
        guard.callPoll(new TestExtension("a", () -> {
            end.await();
            return null;
        }));
        assertThat(poll().overruns()).isOne();
        channel.never.countDown();
        bad.join();
    }

    private static final class ThrowingChannel extends AbstractInterruptibleChannel {

        void block() {
            begin();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
        }

        @Override
        protected void implCloseChannel() {
            throw new IllegalStateException("boom");
        }
    }

    @Test
    void shouldKeepWhatAnInterruptThrowsFromTheUncaughtExceptionHandler() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        AtomicReference<Throwable> uncaught = new AtomicReference<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.set(thrown));
        try {
            for (int i = 1; i <= 20; i++) {
                guard.callPoll(new TestExtension("a", () -> {
                    new ThrowingChannel().block();
                    return null;
                }));
                assertThat(poll().overruns()).isEqualTo(i);
            }
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("safe-interrupter")) {
                    thread.join();
                }
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).hasValue(null);
    }

    @Test
    void shouldInterruptAnOuterCallThatOutlastsAnInnerOneThatWasInterrupted() throws Exception {
        BudgetPolicy inner = new BudgetPolicy(Duration.ofMillis(20), OnOverrun.INTERRUPT);
        BudgetPolicy outer = new BudgetPolicy(Duration.ofMillis(60), OnOverrun.INTERRUPT);
        guard = ExtensionGuard.builder()
                .policy(
                        "inner",
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).budget(inner).build())
                .policy(
                        "a",
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).budget(outer).build())
                .build();
        TestExtension deaf = new TestExtension("inner", () -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < 300_000_000) {
                Thread.onSpinWait(); // Pays no attention.
            }
            return null;
        });
        CountDownLatch never = new CountDownLatch(1);
        boolean[] interrupted = new boolean[1];
        guard.callPoll(new TestExtension("a", () -> {
            guard.callPoll(deaf);
            try {
                assertThat(never.await(20, TimeUnit.SECONDS)).isFalse();
            } catch (InterruptedException expected) {
                interrupted[0] = true;
            }
            return null;
        }));
        assertThat(interrupted[0]).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
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

    /** The extension returns, but what its interrupt runs does not. */
    @Test
    void shouldNotWaitForAnInterruptThatHangs() throws Exception {
        guardWith(Duration.ofMillis(20), OnOverrun.INTERRUPT, false);
        HangingChannel channel = new HangingChannel();
        AtomicBoolean flag = new AtomicBoolean(true);
        Thread caller = new Thread(() -> {
            guard.callPoll(new TestExtension("a", () -> {
                channel.block();
                return null;
            }));
            flag.set(Thread.currentThread().isInterrupted());
        });
        caller.setDaemon(true);
        caller.start();
        caller.join(10_000);
        assertThat(caller.isAlive()).as("still waiting").isFalse();
        assertThat(flag).isFalse();
        channel.never.countDown();
    }
}
