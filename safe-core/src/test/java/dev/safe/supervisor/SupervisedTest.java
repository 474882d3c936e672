package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** What the tests of a supervisor share: a guard, a log of setups and teardowns, and a clock that they advance. */
abstract class SupervisedTest {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Queue<String> log = new ConcurrentLinkedQueue<>();
    final Queue<Delivery> delivered = new ConcurrentLinkedQueue<>();
    final RecordingListener listener = new RecordingListener();
    final AtomicLong time = new AtomicLong();

    /** One panic trips poll, and each probe is due at once. */
    final ExtensionGuard guard = ExtensionGuard.builder()
            .policy(
                    Phase.POLL,
                    PhasePolicy.builder(Phase.POLL)
                            .quarantine(QuarantinePolicy.builder()
                                    .enabled(true)
                                    .threshold(1)
                                    .initialBackoff(Duration.ofMillis(1))
                                    .maxBackoff(Duration.ofMillis(1))
                                    .build())
                            .build())
            .listener(listener)
            .build();

    /** Keeps a thread that hangs until the test ends. */
    final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void letHangingThreadsGo() {
        end.countDown();
        guard.close();
    }

    Scripted scripted(String name) {
        return new Scripted(name, log);
    }

    ExtensionSupervisor.Builder builder() {
        return builder(delivered::add);
    }

    ExtensionSupervisor.Builder builder(EventSink sink) {
        return ExtensionSupervisor.builder(guard, sink).ticker(time::get).teardownDeadline(Duration.ofSeconds(8));
    }

    /** Advances time, and lets the supervisor look. */
    void advance(ExtensionSupervisor supervisor, Duration duration) {
        time.addAndGet(duration.toNanos());
        supervisor.look();
    }

    ExtensionSnapshot snapshot(String extension) {
        return guard.snapshot(extension).orElseThrow();
    }

    ExtensionState state(String extension) {
        return snapshot(extension).state();
    }

    static void eventually(BooleanSupplier condition) {
        assertThat(Eventually.holds(PATIENCE, condition)).isTrue();
    }

    /** Hangs until the test ends, whatever interrupts it. */
    Void hang() {
        boolean interrupted = false;
        while (true) {
            try {
                end.await();
                break;
            } catch (InterruptedException notNow) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
