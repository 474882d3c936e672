package dev.safe.sample.cell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.dylibso.chicory.wabt.Wat2Wasm;
import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import dev.safe.supervisor.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Timeout(30)
class CellTest implements ExtensionCalls {

    private static final String BUFFER = """
            (import "host" "reply" (func $reply (param i32 i32)))
            (import "host" "log" (func $log (param i32 i32)))
            (import "host" "chaos" (func $chaos (result i32)))
            (memory (export "memory") 1)
            (func (export "buffer") (result i32) (i32.const 1024))
            (func (export "capacity") (result i32) (i32.const 16))
            """;
    private static final String ECHO = step("(call $reply (i32.const 1024) (local.get 1))");

    private final ExtensionGuard guard = ExtensionGuard.builder()
            .passThrough(run.endive.runtime.WasmInterruptedException.class)
            .build();
    private static final Duration START = Duration.ofMillis(500);

    private final StepDeadline deadline = new StepDeadline(Duration.ofMillis(100), START);
    private final List<String> replies = new CopyOnWriteArrayList<>();
    private final AtomicInteger done = new AtomicInteger();
    private final CountDownLatch busy = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private @Nullable Cell started;

    @AfterEach
    void stop() throws InterruptedException {
        release.countDown();
        if (started != null) {
            started.stop();
            started.join(Duration.ofSeconds(5));
        }
        deadline.close();
        guard.close();
    }

    @Test
    void shouldTellTheGuestAndFinishTheEvent() {
        Cell cell = start(ECHO, 4);
        offer(cell, "hello");
        awaitDone(1);
        assertThat(replies).containsExactly("hello");
        assertThat(cell.snapshot()).isEqualTo(new CellSnapshot(CellState.RUNNING, 1, 1, 1, 0, 0, null));
    }

    @Test
    void shouldInstantiateATrappedGuestAnewAtMostFiveTimes() {
        Cell cell = start(step("unreachable"), 16);
        for (int trap = 1; trap <= 5; trap++) {
            offer(cell, "x");
            awaitDone(trap);
            int restarts = trap;
            await().atMost(5, SECONDS)
                    .untilAsserted(() -> assertThat(cell.snapshot().restarts()).isEqualTo(restarts));
            assertThat(cell.state()).isEqualTo(CellState.RUNNING);
        }
        offer(cell, "x");
        offer(cell, "too late");
        awaitDone(7);
        assertThat(cell.state()).isEqualTo(CellState.FAILED);
        assertThat(cell.snapshot().failure()).startsWith("trapped more than 5 times in 30 s, last: ");
        assertThat(cell.snapshot().restarts()).isEqualTo(5);
        assertThat(cell.snapshot().steps()).isZero();
    }

    @Test
    void shouldForgetWhatATrappedGuestKnew() {
        Cell cell = start(BUFFER + """
                        (global $count (mut i32) (i32.const 0))
                        (func (export "step") (param i32 i32)
                          (if (global.get $count) (then unreachable))
                          (global.set $count (i32.const 1))
                          (call $reply (i32.const 1024) (local.get 1)))
                        """, 4);
        offer(cell, "first");
        offer(cell, "trapped");
        offer(cell, "anew");
        awaitDone(3);
        assertThat(replies).containsExactly("first", "anew");
    }

    @Test
    void shouldInterruptAGuestThatRunsAwayAndGoOn() {
        Cell cell = start(
                step(
                        "(if (i32.eqz (local.get 1)) (then (loop $l (br $l)))) (call $reply (i32.const 1024) (local.get 1))"),
                4);
        offer(cell, "");
        offer(cell, "still here");
        awaitDone(2);
        assertThat(replies).containsExactly("still here");
        assertThat(cell.snapshot().restarts()).isEqualTo(1);
        assertThat(cell.snapshot().failure()).contains("WasmInterruptedException");
    }

    @Test
    void shouldSurviveAGuestThatRecursesWithoutEnd() {
        Cell cell = start(BUFFER + """
                        (func $deep (export "step") (param i32 i32)
                          (if (i32.eqz (local.get 1)) (then (call $deep (i32.const 0) (i32.const 0))))
                          (call $reply (i32.const 1024) (local.get 1)))
                        """, 4);
        offer(cell, "");
        offer(cell, "still here");
        awaitDone(2);
        assertThat(replies).containsExactly("still here");
    }

    @Test
    void shouldMarkACellThatRunsAwayWhileItStarts() {
        long begin = System.nanoTime();
        Cell cell =
                start(BUFFER + "(func (export \"step\") (param i32 i32)) (func $s (loop $l (br $l))) (start $s)", 4);
        assertThat(cell.state()).isEqualTo(CellState.FAILED);
        assertThat(cell.snapshot().failure()).startsWith("did not start: ");
        assertThat(System.nanoTime() - begin)
                .as("a start may take longer than a step, since it loads classes")
                .isGreaterThan(START.toNanos());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        offer(cell, "nobody there");
        assertThat(done).hasValue(1);
    }

    @Test
    void shouldMarkACellWhoseExportIsOfAnotherType() {
        Cell cell = start(BUFFER + "(func (export \"step\") (param i64))", 4);
        assertThat(cell.state()).isEqualTo(CellState.FAILED);
        assertThat(cell.snapshot().failure()).contains("'step' must be of the type");
    }

    @Test
    void shouldMarkACellThatAsksForTooMuchMemory() {
        Cell cell = start(
                BUFFER.replace("\"memory\") 1", "\"memory\") 60000") + "(func (export \"step\") (param i32 i32))", 4);
        assertThat(cell.snapshot().failure())
                .isEqualTo("did not start: java.lang.IllegalArgumentException: "
                        + "a cell must have at most 256 pages of memory, got 60000");
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "-1, 1", "65536, 1", "65530, 7", "2147483647, 2147483647", "-2147483648, -2147483648"})
    void shouldTrapAGuestThatNamesWhatIsNotInItsMemory(int pointer, int length) {
        Cell cell = start(step("(call $reply (i32.const %d) (i32.const %d))".formatted(pointer, length)), 4);
        offer(cell, "x");
        awaitDone(1);
        await().atMost(5, SECONDS).until(() -> cell.snapshot().restarts() == 1);
        assertThat(cell.snapshot().failure())
                .contains("reply(%d, %d) is outside of the memory".formatted(pointer, length));
        assertThat(replies).isEmpty();
        assertThat(guard.snapshot("transport.http").orElseThrow().phases().values())
                .allSatisfy(phase -> assertThat(phase.panics()).isZero());
    }

    @Test
    void shouldDropAnEventThatTheGuestCannotTake() {
        Cell cell = start(ECHO, 4);
        cell.offer(new Offered(new StepEvent("no.such.kind", new byte[0], 1, null), done::incrementAndGet));
        offer(cell, "longer than sixteen bytes");
        offer(cell, "fits");
        awaitDone(3);
        assertThat(replies).containsExactly("fits");
        assertThat(cell.snapshot().dropped()).isEqualTo(2);
        assertThat(cell.snapshot().restarts()).isZero();
    }

    @Test
    void shouldDropTheNewestWhenTheQueueIsFull() throws InterruptedException {
        Cell cell = start(step("(drop (call $chaos)) (call $reply (i32.const 1024) (local.get 1))"), 2);
        offer(cell, "1");
        busy.await();
        offer(cell, "2");
        offer(cell, "3");
        offer(cell, "4");
        assertThat(done).hasValue(1);
        assertThat(cell.snapshot().dropped()).isEqualTo(1);
        release.countDown();
        awaitDone(4);
        assertThat(replies).endsWith("2", "3").doesNotContain("4");
    }

    @Test
    void shouldFinishWhatIsQueuedWhenItStops() throws InterruptedException {
        Cell cell = start(step("(drop (call $chaos))"), 8);
        offer(cell, "1");
        busy.await();
        offer(cell, "2");
        offer(cell, "3");
        cell.stop();
        assertThat(done).hasValue(2);
        release.countDown();
        cell.join(Duration.ofSeconds(5));
        assertThat(done).hasValue(3);
        assertThat(cell.state()).isEqualTo(CellState.STOPPED);
        offer(cell, "4");
        assertThat(done).hasValue(4);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void shouldNotLetAGuestForgeLinesOfTheLog(CapturedOutput output) {
        Cell cell = start(step("(call $log (i32.const 1024) (local.get 1))"), 4);
        offer(cell, "a\r\nb\u001b[31m\u0085c");
        awaitDone(1);
        assertThat(output).contains("cell test: a??b?[31m?c");
    }

    private record Offered(StepEvent event, Runnable whenDone) implements Delivery {

        @Override
        public String extension() {
            return "transport.http";
        }

        @Override
        public void done() {
            whenDone.run();
        }
    }

    private Cell start(String wat, int capacity) {
        byte[] code = Wat2Wasm.parse("(module " + wat + ")");
        Cell cell = new Cell("test", () -> CellModule.of(code), capacity, deadline, guard, this);
        started = cell;
        cell.start();
        return cell;
    }

    private static String step(String body) {
        return BUFFER + "(func (export \"step\") (param i32 i32) " + body + ")";
    }

    private void offer(Cell cell, String payload) {
        cell.offer(new Offered(new StepEvent("http.request", payload.getBytes(UTF_8), 1, null), done::incrementAndGet));
    }

    private void awaitDone(int events) {
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(done).hasValue(events));
    }

    @Override
    public boolean reply(StepEvent request, byte[] body) {
        return replies.add(new String(body, UTF_8));
    }

    @Override
    public boolean send(StepEvent packet, byte[] payload) {
        return false;
    }

    /** Blocks until released, whatever the deadline thinks of that. */
    @Override
    public int chaos() {
        busy.countDown();
        boolean interrupted = false;
        while (release.getCount() > 0) {
            interrupted |= Thread.interrupted();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        return interrupted ? 1 : 0;
    }
}
