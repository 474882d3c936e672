package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import dev.safe.supervisor.ExtensionSupervisor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures how long a loop takes for an event, from poll to finalize, and how long a restart takes. Each loop runs on a
 * thread of its own, and JMH's thread waits until it has got so many events further. An event is ready at each poll and
 * made beforehand, and the sink is done with it at once.
 *
 * <p>There are two loops by hand. One finalizes when the sink returns, as docs/writing-a-host.md has it. The other one does
 * what the supervisor does: a sink may hand an event to any thread, each event is finalized once, and only so many are in
 * flight.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SupervisorBenchmark {

    private static final int EVENTS = 100_000;

    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("target"), Map.of());

    /** Always has an event ready, and counts those that are finalized, on one thread. */
    static final class Counting extends Work.Ready {

        private static final VarHandle FINALIZED;

        static {
            try {
                FINALIZED = MethodHandles.lookup().findVarHandle(Counting.class, "finalized", long.class);
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        @SuppressWarnings("unused") // by the handle
        private long finalized;

        Counting() {
            super("counting");
        }

        @Override
        public void finalizeStep(long id) {
            FINALIZED.setRelease(this, (long) FINALIZED.get(this) + 1);
        }

        long finalized() {
            return (long) FINALIZED.getAcquire(this);
        }
    }

    /** Never has an event. */
    static final class Idle implements ExtensionCapability {

        @Override
        public String name() {
            return "idle";
        }
    }

    /** A loop that runs, and how far it has to get. */
    @State(Scope.Benchmark)
    public abstract static class Loop {

        final ExtensionGuard guard = ExtensionGuard.ofDefaults();
        final Counting extension = new Counting();
        private long target;

        @Setup(Level.Iteration)
        public void begin() {
            target = extension.finalized();
        }

        /** Counts from the target before, so that what the loop did between two calls is not free. */
        long next() {
            target += EVENTS;
            while (extension.finalized() < target) {
                LockSupport.parkNanos(20_000);
            }
            return target;
        }

        void check() {
            begin();
            Work.check(next() == target, "events get lost");
        }
    }

    /** A loop that somebody has written. */
    public abstract static class HandWritten extends Loop {

        volatile boolean stopped;
        private Thread thread;

        @Setup(Level.Trial)
        public void start() throws Exception {
            ExtensionCapability guarded = guard.guarded(extension);
            guarded.setup(ENV);
            thread = new Thread(() -> run(guarded), "by-hand");
            thread.start();
            check();
        }

        abstract void run(ExtensionCapability guarded);

        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            stopped = true;
            thread.join();
            guard.callTeardown(extension, new TeardownContext(Instant.now()));
            guard.close();
        }
    }

    /** The one of docs/writing-a-host.md. */
    public static class Plain extends HandWritten {

        private @Nullable StepEvent delivered;

        @Override
        void run(ExtensionCapability guarded) {
            while (!stopped) {
                StepEvent event = guarded.poll();
                if (event == null) {
                    LockSupport.parkNanos(1_000_000);
                } else {
                    try {
                        delivered = event;
                    } finally {
                        guarded.finalizeStep(event.id());
                    }
                }
            }
        }
    }

    /** One for a sink that may hand an event to any thread. */
    public static class HandingOver extends HandWritten {

        private final EventSink sink = Delivery::done;
        private final AtomicInteger inFlight = new AtomicInteger();

        @Override
        void run(ExtensionCapability guarded) {
            while (!stopped) {
                StepEvent event = inFlight.get() < 1024 ? guarded.poll() : null;
                if (event == null) {
                    LockSupport.parkNanos(1_000_000);
                } else {
                    inFlight.incrementAndGet();
                    Once once = new Once(guarded, event, inFlight);
                    try {
                        sink.accept(once);
                    } catch (RuntimeException thrown) {
                        once.done();
                    }
                }
            }
        }

        private static final class Once extends AtomicBoolean implements Delivery {

            private static final long serialVersionUID = 1L;

            private final transient ExtensionCapability guarded;
            private final transient StepEvent event;
            private final AtomicInteger inFlight;

            Once(ExtensionCapability guarded, StepEvent event, AtomicInteger inFlight) {
                this.guarded = guarded;
                this.event = event;
                this.inFlight = inFlight;
            }

            @Override
            public String extension() {
                return guarded.name();
            }

            @Override
            public StepEvent event() {
                return event;
            }

            @Override
            public void done() {
                if (compareAndSet(false, true)) {
                    inFlight.decrementAndGet();
                    guarded.finalizeStep(event.id());
                }
            }
        }
    }

    /** The supervisor's. */
    public static class Supervised extends Loop {

        private ExtensionSupervisor supervisor;

        @Setup(Level.Trial)
        public void start() {
            supervisor = ExtensionSupervisor.builder(guard, Delivery::done)
                    .extension(extension)
                    .build();
            supervisor.start();
            check();
        }

        @TearDown(Level.Trial)
        public void stop() {
            supervisor.close();
            guard.close();
        }
    }

    /** An extension that is made anew again and again, by hand and by the supervisor. */
    @State(Scope.Benchmark)
    public static class Restarted {

        private final ExtensionGuard guard = ExtensionGuard.ofDefaults();
        private final ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, Delivery::done)
                .extension("idle", Idle::new)
                .build();
        private volatile boolean stopped;
        private ExtensionCapability byHand;
        private Thread loop;

        @Setup(Level.Trial)
        public void start() throws Exception {
            supervisor.start();
            begin();
            restartByHand();
            supervisor.restart("idle", "to be checked");
            Work.check(guard.snapshot("idle").orElseThrow().restarts() == 1L, "the restart gets lost");
        }

        private void begin() throws Exception {
            stopped = false;
            byHand = guard.guarded(new Idle());
            byHand.setup(ENV);
            loop = new Thread(() -> poll(byHand), "by-hand");
            loop.start();
        }

        private void poll(ExtensionCapability extension) {
            while (!stopped) {
                if (extension.poll() == null) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }

        void restartByHand() throws Exception {
            stopped = true;
            LockSupport.unpark(loop);
            loop.join();
            byHand.teardown(new TeardownContext(Instant.now()));
            begin();
        }

        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            stopped = true;
            loop.join();
            supervisor.close();
            guard.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long handWritten(Plain loop) {
        return loop.next();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long handWrittenOnce(HandingOver loop) {
        return loop.next();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long supervised(Supervised loop) {
        return loop.next();
    }

    @Benchmark
    public void handWrittenRestart(Restarted restarted) throws Exception {
        restarted.restartByHand();
    }

    @Benchmark
    public void restart(Restarted restarted) {
        restarted.supervisor.restart("idle", "to be measured");
    }
}
