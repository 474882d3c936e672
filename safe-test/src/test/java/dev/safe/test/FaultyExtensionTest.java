package dev.safe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class FaultyExtensionTest {

    private static void call(FaultyExtension extension, Phase phase) {
        switch (phase) {
            case SETUP -> extension.setup(new SetupEnv("cell", Path.of("storage"), Map.of()));
            case POLL -> extension.poll();
            case FINALIZE -> extension.finalizeStep(1);
            case TEARDOWN -> extension.teardown(new TeardownContext(Instant.EPOCH));
            case HOST -> extension.hostFunction();
        }
    }

    private static void await(BooleanSupplier condition) {
        assertThat(new Patience(Duration.ofSeconds(20)).holds(condition)).isTrue();
    }

    private static FutureTask<Boolean> pollOnAThread(FaultyExtension extension) {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            extension.poll();
            return Thread.currentThread().isInterrupted();
        });
        Thread thread = new Thread(task, "polls");
        thread.setDaemon(true);
        thread.start();
        await(() -> extension.hanging() == 1);
        return task;
    }

    private static void interruptPoller() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("polls"))
                .forEach(Thread::interrupt);
    }

    @ParameterizedTest
    @EnumSource
    void shouldMisbehaveInTheOrderedPhaseOnly(Phase ordered) {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(ordered, Faults.checkedException(), Schedule.calls(2, 2))
                .build()) {
            for (Phase phase : Phase.values()) {
                call(faulty, phase);
                if (phase == ordered) {
                    assertThatThrownBy(() -> call(faulty, phase)).hasToString("java.io.IOException: faulty");
                } else {
                    call(faulty, phase);
                }
                call(faulty, phase);
                assertThat(faulty.calls(phase)).isEqualTo(3);
            }
        }
    }

    @Test
    void shouldRecordWhatBecomesOfItsEvents() {
        try (FaultyExtension faulty =
                FaultyExtension.builder("network.udp").events("udp.packet").build()) {
            assertThat(faulty.poll()).isEqualTo(new StepEvent("udp.packet", new byte[0], 1, null));
            assertThat(faulty.poll()).isEqualTo(new StepEvent("udp.packet", new byte[0], 2, null));
            faulty.finalizeStep(1);
            assertThat(faulty.unfinalized()).containsExactly(2L);
            faulty.finalizeStep(1);
            faulty.finalizeStep(7);
            assertThat(faulty.polled()).isEqualTo(2);
            assertThat(faulty.finalized()).isEqualTo(1);
            assertThat(faulty.unknownFinalized()).isEqualTo(2);
        }
    }

    @Test
    void shouldRecordEventsThatShareAnId() {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .events(() -> new StepEvent("udp.packet", new byte[0], 7, null))
                .build()) {
            faulty.poll();
            faulty.poll();
            faulty.finalizeStep(7);
            assertThat(faulty.unfinalized()).containsExactly(7L);
            faulty.finalizeStep(7);
            assertThat(faulty.unfinalized()).isEmpty();
            assertThat(faulty.finalized()).isEqualTo(2);
        }
    }

    @Test
    void shouldNotDoTheWorkOfACallThatIsSkippedOrPanics() {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .events("udp.packet")
                .inject(Phase.POLL, Faults.error(), Schedule.calls(1, 1))
                .inject(Phase.FINALIZE, Faults.skip(), Schedule.times(1))
                .build()) {
            assertThatThrownBy(faulty::poll).hasToString("java.lang.AssertionError: faulty");
            assertThat(faulty.polled()).isZero();
            faulty.poll();
            faulty.finalizeStep(1);
            assertThat(faulty.unfinalized()).containsExactly(1L);
            faulty.finalizeStep(1);
            assertThat(faulty.unfinalized()).isEmpty();
        }
    }

    @Test
    void shouldStrikeInTheOrderOfInjectionUntilOneThrows() {
        try (FaultyExtension faulty =
                FaultyExtension.builder("network.udp").events("udp.packet").build()) {
            Injection first = faulty.inject(Phase.POLL, Faults.interrupt(), Schedule.times(1));
            Injection second = faulty.inject(Phase.POLL, Faults.linkageError());
            Injection third = faulty.inject(Phase.POLL, Faults.error());
            assertThatThrownBy(faulty::poll).hasToString("java.lang.NoClassDefFoundError: com/acme/Gone");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(first).hasToString("an interrupt in poll, struck 1 of 1 calls");
            assertThat(third.strikes()).isZero();
            second.remove();
            assertThatThrownBy(faulty::poll).hasToString("java.lang.AssertionError: faulty");
            assertThat(first.strikes()).isOne();
            assertThat(second.strikes()).isOne();
            assertThat(third.fault()).hasToString("an error");
            faulty.heal();
            assertThat(faulty.poll()).isNotNull();
        }
    }

    private static String polls(FaultyExtension extension, int calls) {
        return IntStream.rangeClosed(1, calls)
                .mapToObj(call -> {
                    try {
                        extension.poll();
                        return "-";
                    } catch (RuntimeException thrown) {
                        return "E";
                    } catch (LinkageError thrown) {
                        return "L";
                    }
                })
                .collect(Collectors.joining());
    }

    @Test
    void shouldCountACallForEachFaultOfItsPhaseWhicheverThrows() {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp").build()) {
            faulty.inject(Phase.POLL, Faults.runtimeException(), Schedule.times(3));
            Injection fourth = faulty.inject(Phase.POLL, Faults.linkageError(), Schedule.calls(4, 4));
            Injection elsewhere = faulty.inject(Phase.FINALIZE, Faults.error(), Schedule.times(1));
            assertThat(polls(faulty, 8)).isEqualTo("EEEL----");
            assertThat(fourth).hasToString("a linkage error in poll, struck 1 of 8 calls");
            assertThat(elsewhere).hasToString("an error in finalize, struck 0 of 0 calls");
            faulty.heal();
            faulty.inject(Phase.POLL, Faults.runtimeException(), Schedule.every(2));
            faulty.inject(Phase.POLL, Faults.linkageError(), Schedule.every(3));
            assertThat(polls(faulty, 9)).isEqualTo("-ELE-E-EL");
        }
    }

    @Test
    void shouldCountACallThatIsSkipped() {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.skip(), Schedule.times(1))
                .inject(Phase.POLL, Faults.linkageError(), Schedule.calls(2, 2))
                .build()) {
            assertThat(polls(faulty, 3)).isEqualTo("-L-");
        }
    }

    @Test
    void shouldReturnFromAHangThatHeedsAnInterrupt() throws Exception {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.hang())
                .build()) {
            FutureTask<Boolean> poll = pollOnAThread(faulty);
            interruptPoller();
            assertThat(poll.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(faulty.hanging()).isZero();
        }
    }

    @Test
    void shouldReturnFromAHangWhenHealed() throws Exception {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.hang())
                .build()) {
            FutureTask<Boolean> poll = pollOnAThread(faulty);
            faulty.heal();
            assertThat(poll.get(20, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test
    void shouldReturnFromAHangThatIgnoresInterruptsOnlyWhenHealed() throws Exception {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.hangIgnoringInterrupts())
                .build()) {
            FutureTask<Boolean> poll = pollOnAThread(faulty);
            Thread poller = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("polls"))
                    .findAny()
                    .orElseThrow();
            poller.interrupt();
            await(() -> !poller.isInterrupted()); // It has seen the interrupt,
            assertThat(faulty.hanging()).isOne(); // and hangs on.
            faulty.heal();
            assertThat(poll.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldKeepAProcessorBusyUntilHealed() throws Exception {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.spin())
                .build()) {
            FutureTask<Boolean> poll = pollOnAThread(faulty);
            interruptPoller();
            assertThat(poll.isDone()).isFalse();
            faulty.close();
            assertThat(poll.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldTakeAWhileInterruptedOrNot() {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .events("udp.packet")
                .inject(Phase.POLL, Faults.slow(Duration.ofMillis(20)))
                .build()) {
            Thread.currentThread().interrupt();
            long start = System.nanoTime();
            assertThat(faulty.poll()).isNotNull();
            assertThat(System.nanoTime() - start)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldEndItsLeakedThreadsWhenClosedAndNotBefore() {
        FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.SETUP, Faults.leakThread())
                .build();
        call(faulty, Phase.SETUP);
        Thread leaked = faulty.leakedThreads().iterator().next();
        faulty.heal();
        assertThat(leaked.isAlive()).isTrue();
        assertThat(faulty.leakedThreads()).containsExactly(leaked);
        faulty.close();
        await(() -> !leaked.isAlive());
        assertThat(faulty.leakedThreads()).isEmpty();
    }

    @Test
    void shouldStopFillingTheHeapAtItsLimit() {
        try (FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.fullHeap(3 << 20))
                .build()) {
            assertThatThrownBy(faulty::poll).hasToString("java.lang.OutOfMemoryError: Java heap space");
        }
    }

    @Test
    void shouldMisbehaveInItsName() {
        try (FaultyExtension faulty = FaultyExtension.builder(() -> null).build()) {
            assertThat(faulty.name()).isNull();
        }
    }

    @Test
    void shouldEndEachHangOfACallThatIsHealed() throws Exception {
        FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.hangIgnoringInterrupts())
                .inject(Phase.POLL, Faults.slow(Duration.ofHours(1)))
                .inject(Phase.POLL, Faults.hang())
                .inject(Phase.POLL, Faults.spin())
                .build();
        FutureTask<Boolean> poll = pollOnAThread(faulty);
        faulty.close();
        assertThat(poll.get(20, TimeUnit.SECONDS)).isFalse();
        assertThat(faulty.hanging()).isZero();
    }

    @Test
    void shouldEndASlowCallThatIsHealed() throws Exception {
        FaultyExtension faulty = FaultyExtension.builder("network.udp")
                .inject(Phase.POLL, Faults.slow(Duration.ofSeconds(Long.MAX_VALUE)))
                .inject(Phase.POLL, Faults.error())
                .build();
        FutureTask<?> poll = new FutureTask<>(faulty::poll);
        new Thread(poll, "slow").start();
        await(() -> faulty.calls(Phase.POLL) == 1);
        faulty.heal();
        assertThat(poll.get(20, TimeUnit.SECONDS)).isNull();
    }

    /** A call that has begun before it is healed must not hang after that. */
    @Test
    void shouldNeverHangOnceItIsHealed() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            FaultyExtension faulty = FaultyExtension.builder("network.udp")
                    .inject(Phase.POLL, Faults.hangIgnoringInterrupts())
                    .build();
            FutureTask<?> poll = new FutureTask<>(faulty::poll);
            Thread thread = new Thread(poll, "polls");
            thread.setDaemon(true);
            thread.start();
            while (faulty.calls(Phase.POLL) == 0) {
                Thread.onSpinWait();
            }
            faulty.close();
            assertThat(poll.get(20, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void shouldRefuseWhatWouldFailOnlyWhenItStrikes() {
        assertThatThrownBy(() -> Faults.slow(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'duration' must not be negative, got PT-1S");
        assertThatThrownBy(() -> Faults.slow(null)).hasMessage("'duration' must not be null");
        assertThatThrownBy(() -> Faults.throwing(null)).hasMessage("'thrown' must not be null");
    }
}
