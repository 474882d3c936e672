package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/** Measures what no guard can undercut: the call itself, and the least that could contain it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class LimitBenchmark {

    private static final VarHandle REJECTIONS;
    private static final VarHandle IN_FLIGHT;

    static {
        try {
            IN_FLIGHT = MethodHandles.lookup().findVarHandle(LimitBenchmark.class, "inFlight", long.class);
            REJECTIONS = MethodHandles.lookup().findVarHandle(LimitBenchmark.class, "rejections", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final ExtensionCapability extension = new Work.Ready("ready");
    private final ExtensionCapability panicking = new Work.Panicking("panicking");
    private final Work.HostCall hostCall = Work::hostCall;
    private final Object instance = new Object();
    private volatile boolean closed;
    private volatile boolean rejecting;
    private WeakReference<Thread> rejectingThread = new WeakReference<>(null);
    private long rejections;
    private long calls;
    private long nanos;
    private volatile long inFlight;
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

    /** Makes a call whose end is agreed on with another thread that may interrupt it. A budget cannot undercut this. */
    @Benchmark
    public @Nullable StepEvent handWrittenBudget() {
        long call = calls++;
        IN_FLIGHT.setRelease(this, call);
        try {
            return extension.poll();
        } finally {
            if (!IN_FLIGHT.compareAndSet(this, call, -1L)) {
                Thread.interrupted();
            }
        }
    }

    /** Makes a call between two readings of the clock. A timer cannot undercut this. */
    @Benchmark
    public @Nullable StepEvent handWrittenTimer() {
        long start = System.nanoTime();
        try {
            return extension.poll();
        } finally {
            nanos += System.nanoTime() - start;
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

    /** Throws and catches a panic, to compare a suppressed panic with. */
    @Benchmark
    public @Nullable StepEvent handWrittenPanic() {
        try {
            return panicking.poll();
        } catch (Throwable thrown) {
            caught = thrown;
            return null;
        }
    }

    /** Rejects a call and counts it where another thread can read the count. A rejected call cannot undercut this. */
    @Benchmark
    public @Nullable StepEvent handWrittenRejection() {
        if (rejecting && rejectingThread.refersTo(Thread.currentThread())) {
            REJECTIONS.setOpaque(this, rejections + 1);
            return null;
        }
        return extension.poll();
    }

    @Setup(Level.Trial)
    public void begin() {
        rejecting = true;
    }

    /** Notes the rejecting thread. JMH calls this on the thread that measures, if there is only one. */
    @Setup(Level.Iteration)
    public void home() {
        rejectingThread = new WeakReference<>(Thread.currentThread());
    }

    @TearDown(Level.Trial)
    public void check(BenchmarkParams parameters) {
        Work.check(
                !parameters.getBenchmark().endsWith("handWrittenRejection") || rejections > 0,
                "the rejections are not counted");
    }

    public Throwable caught() {
        return caught;
    }

    public long nanos() {
        return nanos;
    }
}
