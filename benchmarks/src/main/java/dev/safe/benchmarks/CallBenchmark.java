package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.concurrent.TimeUnit;
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

/** Measures a call that succeeds, by each way in that needs no framework, under each kind of policy. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class CallBenchmark {

    private static final MethodType TYPE = MethodType.methodType(int.class, Object.class, int.class, int.class);

    /** A constant, as in an upcall stub. Only a constant handle is this fast. */
    private static final MutableCallSite SITE = new MutableCallSite(TYPE);

    private static final MethodHandle HANDLE = SITE.dynamicInvoker();

    @Param
    public Watch watch = Watch.PLAIN;

    private ExtensionGuard guard;
    private ExtensionCapability extension;
    private ExtensionCapability guarded;
    private Work.HostCall hostCall;
    private Object instance;

    @Setup(Level.Trial)
    public void prepare() throws ReflectiveOperationException {
        guard = watch.guard();
        extension = new Work.Ready("ready");
        guarded = guard.guarded(extension);
        hostCall = guard.hostFunction("ready", "call", Work.HostCall.class, Work::hostCall);
        instance = new Object();
        MethodHandle body = MethodHandles.lookup().findStatic(Work.class, "hostCall", TYPE);
        SITE.setTarget(guard.hostFunction("ready", "call", body));
        MutableCallSite.syncAll(new MutableCallSite[] {SITE});
    }

    @TearDown(Level.Trial)
    public void close() {
        guard.close();
    }

    @Benchmark
    public @Nullable StepEvent guarded() {
        return guarded.poll();
    }

    @Benchmark
    public @Nullable StepEvent callPoll() {
        return guard.callPoll(extension);
    }

    @Benchmark
    public int hostFunction() {
        return hostCall.call(instance, 1, 2);
    }

    @Benchmark
    public int hostFunctionHandle() throws Throwable {
        return (int) HANDLE.invokeExact(instance, 1, 2);
    }
}
