package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.jfr.EventTypes;
import dev.safe.internal.jfr.Recorder;
import dev.safe.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jdk.jfr.Recording;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the event types are loaded, and how long a panic waits for them. */
@Timeout(60)
class FlightRecorderLogTest {

    private final ManualTicker ticker = new ManualTicker();
    private final ManualRecorder recorder = new ManualRecorder();
    private final Recording recording = new Recording();

    /** Comes into use when a test says so, and registers as soon as it says so. */
    private static final class ManualRecorder implements Recorder {

        final CountDownLatch registering = new CountDownLatch(1);
        final AtomicInteger registered = new AtomicInteger();
        volatile boolean inUse;

        @Override
        public boolean isInUse() {
            return inUse;
        }

        @Override
        public EventTypes register() {
            registered.incrementAndGet();
            try {
                registering.await();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
            return new EventTypes();
        }
    }

    @BeforeEach
    void record() {
        recording.start();
    }

    @AfterEach
    void close() {
        recorder.registering.countDown();
        recording.close();
    }

    /** Asks on a thread of its own. */
    private static final class Asking {

        private final FutureTask<Boolean> answer;
        private final Thread thread;
        private final Object log;

        Asking(FlightLog log, BooleanSupplier question) {
            this.log = log;
            answer = new FutureTask<>(question::getAsBoolean);
            thread = new Thread(answer, "asking");
            thread.start();
        }

        boolean waits() {
            return Eventually.holds(Duration.ofSeconds(30), () -> LockSupport.getBlocker(thread) == log);
        }

        boolean answer() throws InterruptedException, ExecutionException {
            return answer.get();
        }
    }

    @Test
    void shouldRegisterAtOnceIfThereIsARecorder() {
        recorder.registering.countDown();
        recorder.inUse = true;
        FlightLog log = new FlightRecorderLog(recorder, ticker);
        recorder.inUse = false;
        assertThat(log.recordsPanics()).isTrue();
        assertThat(log.recordsOverruns()).isTrue();
        recording.stop();
        assertThat(log.recordsPanics()).isFalse();
        assertThat(log.recordsOverruns()).isFalse();
    }

    @Test
    void shouldRegisterNothingBeforeThereIsARecorder() {
        FlightLog log = new FlightRecorderLog(recorder, ticker);
        assertThat(log.recordsPanics()).isFalse();
        assertThat(log.recordsOverruns()).isFalse();
        assertThat(recorder.registered).hasValue(0);
    }

    @Test
    void shouldWaitForTheTypesOnceThereIsARecorder() throws Exception {
        FlightLog log = new FlightRecorderLog(recorder, ticker);
        recorder.inUse = true;
        Asking first = new Asking(log, log::recordsPanics);
        Asking second = new Asking(log, log::recordsOverruns);
        assertThat(first.waits()).isTrue();
        assertThat(second.waits()).isTrue();

        recorder.registering.countDown();
        assertThat(first.answer()).isTrue();
        assertThat(second.answer()).isTrue();
        assertThat(recorder.registered).hasValue(1);
    }

    @Test
    void shouldNotWaitForLongerThanASecondInAll() throws Exception {
        FlightLog log = new FlightRecorderLog(recorder, ticker);
        recorder.inUse = true;
        Asking first = new Asking(log, log::recordsPanics);
        assertThat(first.waits()).isTrue();
        ticker.advance(Duration.ofSeconds(1).minusNanos(1));
        Asking second = new Asking(log, log::recordsPanics);
        assertThat(second.waits()).isTrue();

        ticker.advance(Duration.ofNanos(1));
        assertThat(first.answer()).isFalse();
        assertThat(second.answer()).isFalse();
        assertThat(log.recordsPanics()).isFalse();

        recorder.registering.countDown();
        assertThat(Eventually.holds(Duration.ofSeconds(30), log::recordsPanics)).isTrue();
        assertThat(recorder.registered).hasValue(1);
    }

    @Test
    void shouldWaitInSpiteOfAnInterruptAndKeepIt() throws Exception {
        FlightLog log = new FlightRecorderLog(recorder, ticker);
        recorder.inUse = true;
        Asking asking = new Asking(log, () -> {
            Thread.currentThread().interrupt();
            return log.recordsPanics() && Thread.interrupted();
        });
        assertThat(Eventually.holds(Duration.ofSeconds(30), () -> recorder.registered.get() == 1))
                .isTrue();
        recorder.registering.countDown();
        assertThat(asking.answer()).isTrue();
    }

    @Test
    void shouldRecordNothingWithoutARecorder() {
        assertThat(FlightLog.NONE.recordsPanics()).isFalse();
        assertThat(FlightLog.NONE.recordsOverruns()).isFalse();
    }

    @Test
    void shouldRecordNothingIfTheTypesCannotBeRegistered() {
        FlightLog log = new FlightRecorderLog(
                new Recorder() {
                    @Override
                    public boolean isInUse() {
                        return recorder.inUse;
                    }

                    @Override
                    public EventTypes register() {
                        throw new IllegalStateException("no recorder");
                    }
                },
                ticker);
        recorder.inUse = true;
        assertThat(log.recordsPanics()).isFalse();
    }
}
