package dev.safe.benchmarks;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.Fallback;
import dev.failsafe.function.CheckedSupplier;
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

/**
 * Measures Failsafe's fallback around its circuit breaker. Executor and supplier are made once, which is its fastest
 * way. The breaker that only sees panics needs more calls than it ever gets for its rate, so it only counts.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class FailsafeBenchmark {

    private FailsafeExecutor<@Nullable StepEvent> readyExecutor;
    private FailsafeExecutor<@Nullable StepEvent> panickingExecutor;
    private FailsafeExecutor<@Nullable StepEvent> rejectedExecutor;
    private CheckedSupplier<@Nullable StepEvent> ready;
    private CheckedSupplier<@Nullable StepEvent> panicking;

    @Setup(Level.Trial)
    public void prepare() {
        ready = new Work.Ready("ready")::poll;
        panicking = new Work.Panicking("panicking")::poll;
        CircuitBreaker<@Nullable StepEvent> breaker = CircuitBreaker.ofDefaults();
        CircuitBreaker<@Nullable StepEvent> counting = CircuitBreaker.<@Nullable StepEvent>builder()
                .withFailureRateThreshold(100, Integer.MAX_VALUE, Duration.ofMinutes(1))
                .build();
        CircuitBreaker<@Nullable StepEvent> open = CircuitBreaker.<@Nullable StepEvent>builder()
                .withDelay(Duration.ofHours(1))
                .build();
        open.open();
        readyExecutor = executor(breaker);
        panickingExecutor = executor(counting);
        rejectedExecutor = executor(open);

        Work.check(called() == Work.EVENT && breaker.getSuccessCount() == 1, "the call is not counted");
        Work.check(panic() == null && counting.getFailureCount() == 1, "the panic is not counted");
        Work.check(counting.isClosed(), "the breaker has opened");
        Work.check(rejected() == null && open.isOpen(), "the call is not rejected");
    }

    private static FailsafeExecutor<@Nullable StepEvent> executor(CircuitBreaker<@Nullable StepEvent> breaker) {
        Fallback<@Nullable StepEvent> fallback =
                Fallback.<@Nullable StepEvent>builder((StepEvent) null).build();
        return Failsafe.with(fallback, breaker);
    }

    @Benchmark
    public @Nullable StepEvent called() {
        return readyExecutor.get(ready);
    }

    @Benchmark
    public @Nullable StepEvent panic() {
        return panickingExecutor.get(panicking);
    }

    @Benchmark
    public @Nullable StepEvent rejected() {
        return rejectedExecutor.get(ready);
    }
}
