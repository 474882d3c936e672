package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.Ticker;
import dev.safe.testing.EndOfStack;
import dev.safe.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lock of a supervisor, and the waits for what it guards. */
@Timeout(60)
class MonitorTest {

    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final AtomicLong time = new AtomicLong();
    private final Monitor monitor = new Monitor(time::get, true);

    private static void eventually(BooleanSupplier condition) {
        assertThat(Eventually.holds(Duration.ofSeconds(20), condition)).isTrue();
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
    }

    @Test
    void shouldReturnWhatAChangeAndAConditionReturn() {
        assertThat(monitor.update(() -> true)).isTrue();
        assertThat(monitor.update(() -> false)).isFalse();
        assertThat(monitor.test(() -> true)).isTrue();
        assertThat(monitor.test(() -> false)).isFalse();
    }

    @Test
    void shouldCountChangesButNotLooks() {
        AtomicInteger looks = new AtomicInteger();
        long before = monitor.look(looks::incrementAndGet);
        assertThat(monitor.look(looks::incrementAndGet)).isEqualTo(before);
        monitor.signal();
        assertThat(monitor.look(looks::incrementAndGet)).isEqualTo(before + 1);
        assertThat(looks).hasValue(3);
    }

    @Test
    void shouldBeFreeAfterWhateverAChangeThrows() throws Exception {
        assertThatThrownBy(() -> monitor.run(() -> {
                    throw new IllegalStateException("boom");
                }))
                .hasMessage("boom");
        assertThatThrownBy(() -> monitor.look(() -> {
                    throw new IllegalStateException("boom");
                }))
                .hasMessage("boom");
        assertThatThrownBy(() -> monitor.test(() -> {
                    throw new IllegalStateException("boom");
                }))
                .hasMessage("boom");
        Thread other = new Thread(monitor::signal);
        other.start();
        other.join(20_000);
        assertThat(other.isAlive()).isFalse();
    }

    /** As a host function might that an extension's recursion calls. */
    @Test
    void shouldBeFreeAfterItWasUsedWhereTheStackEnds() throws Exception {
        Thread recursing = new Thread(() -> EndOfStack.visit(() -> {
            monitor.signal();
            monitor.awaitUninterrupted(() -> true, HOUR);
        }));
        recursing.start();
        recursing.join(20_000);
        Thread other = new Thread(monitor::signal);
        other.start();
        other.join(20_000);
        assertThat(recursing.isAlive()).isFalse();
        assertThat(other.isAlive()).isFalse();
    }

    @Test
    void shouldWaitUntilAConditionHoldsOrTheDeadlineHasCome() throws Exception {
        assertThat(monitor.await(() -> true, -1)).isTrue();
        assertThat(monitor.await(() -> false, 0)).isFalse();
        AtomicBoolean holds = new AtomicBoolean();
        AtomicBoolean result = new AtomicBoolean();
        Thread waiting = new Thread(() -> result.set(monitor.awaitUninterrupted(holds::get, HOUR)));
        waiting.start();
        eventually(() -> waits(waiting));
        waiting.interrupt();
        monitor.run(() -> holds.set(true));
        waiting.join(20_000);
        assertThat(result).isTrue();
        Thread late = new Thread(() -> result.set(monitor.awaitUninterrupted(() -> false, HOUR)));
        late.start();
        eventually(() -> waits(late));
        time.set(HOUR);
        monitor.signal();
        late.join(20_000);
        assertThat(result).isFalse();
    }

    @Test
    void shouldBeInterruptibleWhereItWaitsForAHost() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> monitor.await(() -> true, HOUR)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void shouldNotWaitForAChangeThatHasBeen() throws Exception {
        long seen = monitor.look(() -> {});
        monitor.signal();
        monitor.awaitChange(seen, HOUR); // Returns, since this has been.
        long now = monitor.look(() -> {});
        Thread waiting = new Thread(() -> monitor.awaitChange(now, HOUR));
        waiting.start();
        eventually(() -> waits(waiting));
        monitor.signal();
        waiting.join(20_000);
        assertThat(waiting.isAlive()).isFalse();
    }

    /** Nobody signals: it wakes up by itself. */
    @Test
    void shouldWaitInRealTimeAsLongAsItIsTold() throws Exception {
        Monitor inRealTime = new Monitor(Ticker.system(), false);
        long begin = System.nanoTime();
        long deadline = inRealTime.now() + Duration.ofMillis(50).toNanos();
        assertThat(inRealTime.await(() -> false, deadline)).isFalse();
        assertThat(System.nanoTime() - begin)
                .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
    }
}
