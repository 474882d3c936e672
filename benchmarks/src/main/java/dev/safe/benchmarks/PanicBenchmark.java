package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.LogPolicy;
import dev.safe.Phase;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Measures a call that panics, and one that is rejected. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class PanicBenchmark {

    private ExtensionGuard guard;
    private ExtensionGuard loggingGuard;
    private ExtensionCapability suppressed;
    private ExtensionCapability logged;
    private ExtensionCapability rejected;
    private ExtensionCapability called;

    @Setup(Level.Trial)
    public void prepare() {
        guard = Watch.counting(new LogPolicy(0, Duration.ofMinutes(1), true));
        suppressed = guard.guarded(new Work.Panicking("panicking"));
        loggingGuard = Watch.counting(new LogPolicy(Integer.MAX_VALUE, Duration.ofMinutes(1), true));
        logged = loggingGuard.guarded(new Work.Panicking("panicking"));
        called = new Work.Ready("rejected");
        rejected = guard.guarded(called);
        guard.quarantine("rejected", Phase.POLL, "to be measured");
    }

    @TearDown(Level.Trial)
    public void close() {
        guard.close();
        loggingGuard.close();
    }

    @Benchmark
    public @Nullable StepEvent suppressedPanic() {
        return suppressed.poll();
    }

    @Benchmark
    public @Nullable StepEvent loggedPanic() {
        return logged.poll();
    }

    @Benchmark
    public @Nullable StepEvent rejected() {
        return rejected.poll();
    }

    @Benchmark
    public @Nullable StepEvent rejectedCallPoll() {
        return guard.callPoll(called);
    }
}
