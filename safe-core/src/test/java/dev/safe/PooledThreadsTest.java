package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Keeps nothing of calls that have ended, whatever threads they were made on. */
@Tag("slow")
@Timeout(120)
class PooledThreadsTest {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long MEBIBYTE = 1 << 20;

    private final Set<Thread> before = threadsOfOurs();
    private final TestExtension extension = new TestExtension("a", () -> null);
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(8), OnOverrun.INTERRUPT)))
            .build();

    @BeforeEach
    void warmUp() throws InterruptedException {
        guard.callPoll(extension); // Crosses here first, since the guard has a shortcut for the first thread.
        callSporadically(1_000);
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private static Set<Thread> threadsOfOurs() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("safe-"))
                .collect(Collectors.toSet());
    }

    private long cpuNanos() {
        return threadsOfOurs().stream()
                .filter(thread -> !before.contains(thread))
                .mapToLong(thread -> Math.max(0, THREADS.getThreadCpuTime(thread.getId())))
                .sum();
    }

    /** Returns the share of a core that the guard's threads use while nothing happens, measured for a second. */
    private double coresAtRest() {
        System.gc();
        long start = System.nanoTime();
        long cpuBefore = cpuNanos();
        long end = start + 1_000_000_000;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        return (double) (cpuNanos() - cpuBefore) / (System.nanoTime() - start);
    }

    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Lets the pool's worker go idle before each call, which makes it forget its thread locals. */
    private void callSporadically(int calls) throws InterruptedException {
        AtomicInteger made = new AtomicInteger();
        Thread submitter = Thread.currentThread();
        for (int i = 1; i <= calls; i++) {
            int expected = i;
            ForkJoinPool.commonPool().execute(() -> {
                guard.callPoll(extension);
                made.incrementAndGet();
                LockSupport.unpark(submitter);
            });
            assertThat(Eventually.holds(Duration.ofSeconds(10), () -> made.get() == expected))
                    .isTrue();
        }
    }

    @Test
    void shouldKeepNothingOfCallsOnAPoolThatClearsThreadLocals() throws Exception {
        long heap = usedHeap();
        callSporadically(200_000);
        long grown = usedHeap() - heap;
        assertThat(extension.calls).hasValue(201_001);
        assertThat(grown).as("bytes kept of 200,000 calls").isLessThan(4 * MEBIBYTE);
    }

    @Test
    void shouldRestAfterCallsOnAPoolThatClearsThreadLocals() throws Exception {
        callSporadically(100_000);
        assertThat(coresAtRest()).as("part of a core used at rest").isLessThan(0.15);
    }

    @Test
    void shouldStillEndAHangOnAPoolThatClearsThreadLocals() throws Exception {
        callSporadically(1_000);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger flags = new AtomicInteger();
        ForkJoinPool.commonPool().execute(() -> {
            guard.callPoll(new TestExtension("b", () -> {
                assertThat(never.await(3, TimeUnit.SECONDS)).isFalse();
                return null;
            }));
            flags.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
            ended.countDown();
        });
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(guard.snapshot("b").orElseThrow().phase(Phase.POLL).overruns())
                .isOne();
        assertThat(flags).hasValue(0);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shouldNotLookAtVirtualThreadsThatCrossedOnce() throws Exception {
        int count = 50_000;
        CountDownLatch crossed = new CountDownLatch(count);
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        Runnable crossing = () -> {
            guard.callPoll(extension);
            crossed.countDown();
            try {
                end.await();
            } catch (InterruptedException stray) {
                extension.calls.set(-1);
            }
        };
        for (int i = 0; i < count; i++) {
            threads.add((Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, crossing));
        }
        assertThat(crossed.await(60, TimeUnit.SECONDS)).isTrue();
        double cores = coresAtRest();
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(extension.calls).hasValue(count + 1_001);
        assertThat(cores).as("part of a core used at rest").isLessThan(0.15);
    }

    @Test
    void shouldKeepNothingOfThreadsThatHaveEnded() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            new Thread(() -> guard.callPoll(extension)).start();
        }
        assertThat(Eventually.holds(Duration.ofSeconds(30), () -> extension.calls.get() == 3_001))
                .isTrue();
        assertThat(coresAtRest()).as("part of a core used at rest").isLessThan(0.15);
    }
}
