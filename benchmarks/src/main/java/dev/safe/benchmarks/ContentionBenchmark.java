package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.LogPolicy;
import dev.safe.Phase;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures many threads that share one extension, or go round many extensions of four classes, as in a host. {@link
 * Main} runs it with 1, 2 and 8 threads. The hand-written code picks its extension in the same way, so any difference
 * is the guard's. Waiting for a processor counts too, so compare only results with the same number of threads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class ContentionBenchmark {

    /** A power of two, so that the next index is cheap. */
    @Param({"1", "64"})
    public int extensions = 1;

    private final AtomicInteger threads = new AtomicInteger();
    private ExtensionGuard guard;
    private ExtensionCapability[] ready;
    private ExtensionCapability[] panicking;
    private ExtensionCapability[] guarded;
    private ExtensionCapability[] suppressed;
    private ExtensionCapability[] rejected;
    private volatile boolean closed;

    /** Holds the index of a thread's next extension. Threads begin with different extensions where there are enough. */
    @State(Scope.Thread)
    public static class Round {

        private int next;
        private int mask;
        private Throwable caught = Work.Panic.INSTANCE;

        @Setup(Level.Trial)
        public void begin(ContentionBenchmark shared) {
            mask = shared.extensions - 1;
            next = shared.threads.getAndIncrement() * 8;
        }

        int next() {
            return next++ & mask;
        }

        public Throwable caught() {
            return caught;
        }
    }

    @Setup(Level.Trial)
    public void prepare() {
        guard = Watch.counting(new LogPolicy(0, Duration.ofMinutes(1), true));
        ready = new ExtensionCapability[extensions];
        panicking = new ExtensionCapability[extensions];
        guarded = new ExtensionCapability[extensions];
        suppressed = new ExtensionCapability[extensions];
        rejected = new ExtensionCapability[extensions];
        for (int i = 0; i < extensions; i++) {
            ready[i] = Work.ready(i);
            guarded[i] = guard.guarded(ready[i]);
            panicking[i] = Work.panicking(i);
            suppressed[i] = guard.guarded(panicking[i]);
            rejected[i] = guard.guarded(new Work.Ready("rejected" + i));
            guard.quarantine("rejected" + i, Phase.POLL, "to be measured");
            check(i);
        }
    }

    private void check(int i) {
        Work.check(guarded[i].poll() == Work.EVENT && guard.callPoll(ready[i]) == Work.EVENT, "the event gets lost");
        Work.check(suppressed[i].poll() == null && rejected[i].poll() == null, "there is an event");
        Work.check(
                guard.snapshot("panicking" + i)
                                .orElseThrow()
                                .phases()
                                .get(Phase.POLL)
                                .panics()
                        == 1,
                "the panic is not counted");
        Work.check(
                guard.snapshot("rejected" + i)
                                .orElseThrow()
                                .phases()
                                .get(Phase.POLL)
                                .rejected()
                        == 1,
                "the call is not rejected");
    }

    @TearDown(Level.Trial)
    public void close() {
        guard.close();
    }

    @Benchmark
    public @Nullable StepEvent handWritten(Round round) {
        if (closed) {
            return null;
        }
        try {
            return ready[round.next()].poll();
        } catch (Throwable thrown) {
            round.caught = thrown;
            return null;
        }
    }

    @Benchmark
    public @Nullable StepEvent guarded(Round round) {
        return guarded[round.next()].poll();
    }

    @Benchmark
    public @Nullable StepEvent callPoll(Round round) {
        return guard.callPoll(ready[round.next()]);
    }

    @Benchmark
    public @Nullable StepEvent handWrittenPanic(Round round) {
        try {
            return panicking[round.next()].poll();
        } catch (Throwable thrown) {
            round.caught = thrown;
            return null;
        }
    }

    @Benchmark
    public @Nullable StepEvent suppressedPanic(Round round) {
        return suppressed[round.next()].poll();
    }

    @Benchmark
    public @Nullable StepEvent rejected(Round round) {
        return rejected[round.next()].poll();
    }
}
