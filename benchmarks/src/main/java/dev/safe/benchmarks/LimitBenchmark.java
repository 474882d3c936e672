package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What no guard can be faster than: the call itself, and the least that could contain it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class LimitBenchmark {

    private final ExtensionCapability extension = new Work.Ready("ready");
    private final ExtensionCapability panicking = new Work.Panicking("panicking");
    private final Work.HostCall hostCall = Work::hostCall;
    private final Object instance = new Object();
    private volatile boolean closed;
    private Throwable caught = Work.Panic.INSTANCE;

    @Benchmark
    public @Nullable StepEvent direct() {
        return extension.poll();
    }

    @Benchmark
    public @Nullable StepEvent handWritten() {
        if (closed) {
            return null;
        }
        try {
            return extension.poll();
        } catch (Throwable thrown) {
            caught = thrown;
            return null;
        }
    }

    @Benchmark
    public int directHostFunction() {
        return hostCall.call(instance, 1, 2);
    }

    @Benchmark
    public int handWrittenHostFunction() {
        if (closed) {
            return 0;
        }
        try {
            return hostCall.call(instance, 1, 2);
        } catch (Throwable thrown) {
            caught = thrown;
            return 0;
        }
    }

    /** A panic that is thrown away: what to compare a suppressed one with. */
    @Benchmark
    public @Nullable StepEvent handWrittenPanic() {
        try {
            return panicking.poll();
        } catch (Throwable thrown) {
            caught = thrown;
            return null;
        }
    }

    public Throwable caught() {
        return caught;
    }
}
