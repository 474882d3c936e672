package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Together;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Interrupts calls that outlast their budget, and nothing else. */
@Timeout(60)
class BudgetInterruptTest {

    private ExtensionGuard guard = ExtensionGuard.ofDefaults();

    private void guardWith(Duration limit) {
        guard = ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(limit, OnOverrun.INTERRUPT)))
                .build();
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
    void shouldInterruptAHangAndLeaveNoTrace() throws Exception {
        guardWith(Duration.ofMillis(20));
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
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shouldInterruptAHangOnAVirtualThread() throws Exception {
        guardWith(Duration.ofMillis(20));
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
        guardWith(Duration.ofMillis(20));
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
    void shouldKeepAnInterruptThatIsTheHosts() throws Exception {
        guardWith(Duration.ofMillis(20));
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
    @Tag("slow")
    void shouldNeverInterruptACallThatHasReturned() throws Exception {
        guardWith(Duration.ofMillis(1));
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
}
