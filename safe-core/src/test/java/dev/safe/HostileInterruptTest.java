package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Interrupts that run code of the extension, which hangs or throws. */
@Timeout(60)
class HostileInterruptTest {

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
    void shouldEndOneHangThoughTheInterruptOfAnotherHangs() throws Exception {
        guardWith(Duration.ofMillis(20));
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

    /** The extension returns, but what its interrupt runs does not. */
    @Test
    void shouldNotWaitForAnInterruptThatHangs() throws Exception {
        guardWith(Duration.ofMillis(20));
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

    @Test
    void shouldKeepWhatAnInterruptThrowsFromTheUncaughtExceptionHandler() throws Exception {
        guardWith(Duration.ofMillis(20));
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
}
