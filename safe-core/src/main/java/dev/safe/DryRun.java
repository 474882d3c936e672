package dev.safe;

import dev.safe.internal.concurrent.DaemonThread;
import dev.safe.internal.render.ThrowableText;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.NOPLogger;

/**
 * Runs through every outcome once, on a guard that is thrown away, before the first extension is called.
 *
 * <p>Begins when the first guard is built, on a thread of its own, so that the rest of the application starts
 * meanwhile. Whoever makes the first extension known waits for it.
 *
 * <p>A class that is first used at the end of the stack or of the heap cannot be initialised there, and is broken for
 * the life of the JVM. Resolving a reference or linking a lambda for the first time takes stack and heap as well. A
 * class cache does not help, since it links classes without initialising them.
 */
final class DryRun {

    /** How long a call waits at most, in case that what runs needs a lock that the caller holds. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** More than the threshold that JDK 17 has by default, 15. */
    private static final int CALLS_BY_REFLECTION = 20;

    private static volatile boolean done;
    private static volatile @Nullable Thread runner;

    /** Stands for the control flow of an engine. */
    private static final class PassThrough extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }

    /** Throws what it is given, at each entry point. */
    private static final class Thrower implements ExtensionCapability {

        @Nullable Throwable next;

        @Override
        public String name() {
            return "dry.run";
        }

        @Override
        public void setup(SetupEnv env) throws Exception {
            this.<Exception>fail();
        }

        @Override
        public @Nullable StepEvent poll() {
            this.<RuntimeException>fail();
            return null;
        }

        @Override
        public void finalizeStep(long id) {
            this.<RuntimeException>fail();
        }

        @Override
        public void teardown(TeardownContext context) throws Exception {
            this.<Exception>fail();
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private <X extends Throwable> void fail() throws X {
            if (next != null) {
                throw (X) next;
            }
        }
    }

    /** Fails at every panic. */
    private static final class FailingListener implements GuardListener {

        @Override
        public void onPanic(PanicReport report, Throwable cause) {
            throw new IllegalStateException("dry run");
        }
    }

    private final AtomicLong now = new AtomicLong();
    private final Thrower thrower = new Thrower();
    private final SetupEnv env = new SetupEnv("dry", Path.of("dry"), Map.of());
    private final TeardownContext context = new TeardownContext(Instant.EPOCH);
    private final ExtensionGuard guard;

    /** @param listener hears of every outcome */
    DryRun(GuardListener listener) {
        PhasePolicy poll = PhasePolicy.builder(Phase.POLL)
                .log(new LogPolicy(1, Duration.ofMinutes(1), StackTraceLogging.ALWAYS))
                .quarantine(
                        QuarantinePolicy.builder().enabled(true).threshold(2).build())
                .build();
        ExtensionGuard.Builder builder = ExtensionGuard.builder()
                .policy(Phase.POLL, poll)
                .passThrough(PassThrough.class)
                .listener(listener)
                .ticker(now::get)
                .timers(true);
        guard = ExtensionGuard.loggingTo(NOPLogger.NOP_LOGGER, builder);
        guard.close(); // Keeps the guard from starting a thread.
    }

    /**
     * Begins to run on a thread of its own, unless it has begun already. Whoever returns from here finds it begun: a
     * second guard waits until the thread of the first one has started.
     */
    static synchronized void begin() {
        if (runner != null) {
            return;
        }
        Thread begun = DaemonThread.of("safe-dry-run", DryRun::runAll);
        try {
            begun.start();
        } catch (OutOfMemoryError noThread) {
            runAll();
        }
        runner = begun;
    }

    /** Waits until it has run, if it has begun. To be called before an extension is called for the first time. */
    static void await() {
        Thread running = runner;
        if (done || running == null || running == Thread.currentThread()) {
            return;
        }
        join(running);
    }

    /** Waits until a thread ends, for a limited time. An interrupt does not end the wait, and is kept. */
    static void join(Thread running) {
        boolean interrupted = false;
        long begin = System.nanoTime();
        while (running.isAlive() && System.nanoTime() - begin < PATIENCE.toNanos()) {
            try {
                running.join(PATIENCE.toMillis());
            } catch (InterruptedException early) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static void runAll() {
        boolean interrupted = Thread.interrupted();
        try {
            ThrowableText.rehearse();
            reflect();
            new DryRun(new FailingListener()).run();
        } catch (Throwable ours) {
            Listeners.complain("could not prepare for panics", ours);
        }
        done = true;
        Thread.interrupted(); // What was thrown has interrupted this thread.
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Calls something by reflection until code is generated for it, which JDK 17 begins to do after some calls. Its
     * generator, too, must not be initialised at the end of the stack: nothing in this JVM could be called by reflection
     * more often any more. A host function that is wrapped by a proxy is called so.
     */
    private static void reflect() throws ReflectiveOperationException {
        Method called = Throwable.class.getMethod("getMessage");
        Throwable target = new PassThrough();
        for (int i = 0; i < CALLS_BY_REFLECTION; i++) {
            Object unused = called.invoke(target);
        }
    }

    void run() {
        Throwable[] kinds = {
            new IllegalStateException("dry run"),
            new NoClassDefFoundError("dry run"),
            new StackOverflowError("dry run"),
            new OutOfMemoryError("dry run"),
            new Exception("dry run"),
            new InterruptedException("dry run"),
            new PassThrough()
        };
        for (Throwable kind : kinds) {
            crossWith(kind);
            now.addAndGet(Duration.ofMinutes(10).toNanos()); // Longer than any backoff and any interval of the log.
        }
        crossWith(null);
        guard.quarantine("dry.run", Phase.POLL, "dry run");
        crossWith(null);
        guard.release("dry.run", Phase.POLL);
        attempt(() -> guard.callPoll(() -> "not a valid name"));
        owe();
        guard.apply(Policies.builder()
                .policy(Phase.POLL, PhasePolicy.builtIn(Phase.POLL))
                .build());
        Boundary poll =
                new Extension("dry.run", guard.registry(), guard.registry().services()).boundary(Phase.POLL);
        poll.watch().overran(Quarantine.NO_PROBE, Thread.currentThread());
        poll.watch().overrunEnded();
        poll.watch().reportOverrun(Thread.currentThread(), new StackTraceElement[0]);
        guard.snapshots().forEach(snapshot -> snapshot.phase(Phase.POLL).count(Tally.PANICS));
        String unused = guard.snapshots().toString(); // Those of records are linked when they are first used.
        try (Supervision claim = guard.supervise("dry.run")) {
            claim.restarting();
            claim.restarted("dry run");
        }
        guard.remove("dry.run");
        crossWith(null);
    }

    private void crossWith(@Nullable Throwable thrown) {
        thrower.next = thrown;
        ExtensionCapability guarded = guard.guarded(thrower);
        // A call is reported, one is silenced and trips the boundary, and one is rejected.
        for (int i = 0; i < 3; i++) {
            attempt(() -> guard.callPoll(guarded));
        }
        attempt(() -> guard.callSetup(guarded, env));
        attempt(() -> guard.callFinalize(guarded, 1));
        attempt(() -> guard.callTeardown(guarded, context));
        if (thrown != null) {
            guard.recoverHost("dry.run", "dry_run", thrown);
        }
    }

    private interface Attempt {

        void run() throws Throwable;
    }

    private static void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (Throwable expected) {
            // Some outcomes throw. All that matters is that they happened once.
        }
    }

    /** Panics where nothing of ours works, as at the end of the stack. */
    @SuppressWarnings("NullAway") // The missing argument is what fails.
    private void owe() {
        BoundaryServices whole = guard.registry().services();
        BoundaryServices broken = new BoundaryServices(
                null,
                whole.reporter(),
                whole.rethrown(),
                whole.watchdog(),
                whole.ticker(),
                whole.random(),
                whole.timed());
        Extension extension = new Extension("dry.run", guard.registry(), broken);
        extension.apply(Policies.builder().build());
        Throwable[] kinds = {new StackOverflowError("dry run"), new InterruptedException("dry run")};
        for (Throwable kind : kinds) { // What is owed from the first call is made up for by the second.
            thrower.next = kind;
            attempt(() -> EntryPoints.poll(extension.boundary(Phase.POLL), thrower));
            attempt(() -> EntryPoints.finalizeStep(extension.boundary(Phase.FINALIZE), thrower, 1));
        }
    }
}
