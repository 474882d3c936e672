package dev.safe.supervisor;

import static dev.safe.InvalidPolicyException.check;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import dev.safe.InvalidPolicyException;
import dev.safe.Phase;
import dev.safe.QuarantineReport;
import dev.safe.SetupEnv;
import dev.safe.Supervision;
import dev.safe.Ticker;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.time.Nanos;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs extensions: sets them up in the order of their dependencies, polls each in a loop on a thread of its own,
 * finalizes each event exactly once, restarts extensions that do not recover, and tears them down within a deadline. It
 * calls extensions through an {@link ExtensionGuard} only. It does not decide itself what a failure is, but listens to
 * the guard.
 *
 * <pre>{@code
 * try (ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, cells::offer)
 *         .extension("network.udp", UdpNetwork::new)
 *         .extension("network.http", HttpTransport::new)
 *         .dependsOn("network.http", "network.udp")
 *         .build()) {
 *     supervisor.start();
 *     ...
 * }
 * }</pre>
 *
 * <p>Each setup, successful or not, is followed by one teardown: what a failed setup has opened is closed before the
 * next one. The dependencies of an extension are up before its setup is called, and are torn down only after it. If a
 * dependency goes down, the extension goes down first, and comes up again after it.
 *
 * <p>A call that hangs stalls its own loop only. An extension that has to stop and hangs is interrupted after half the
 * teardown deadline, torn down from another thread after three quarters, and left behind after all of it. Whatever
 * hangs at the deadline, teardown included, is interrupted then. A setup that returns only after that teardown is torn
 * down again, since it may have opened something. If a supplier makes instances, a new one then takes its place. An
 * only instance must not run twice, so its next life begins when the call returns. The supervisor leaves a hanging call
 * alone until the extension has to stop: a {@link dev.safe.BudgetPolicy budget} interrupts it, or an operator restarts
 * the extension. An event that a poll returns after that teardown is dropped.
 *
 * <p>Thread-safe. What the sink or the thread factory throws is logged. The environments, the sink and the thread
 * factory are the host's own code, and are not contained. If the sink or an environment hangs, the extension that it is
 * called for waits. If the thread factory hangs, the supervisor does.
 *
 * @since 0.1
 */
public final class ExtensionSupervisor implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(ExtensionSupervisor.class);

    private final ExtensionGuard guard;
    private final Monitor monitor;
    private final Map<String, SupervisedExtension> extensions;
    private final Keeper keeper;
    private final GuardListener trips = new Trips();
    private final long patience;
    private final Map<String, Supervision> claims = new ConcurrentHashMap<>();

    // Guarded by the monitor.
    private boolean started;
    private boolean closed;

    private ExtensionSupervisor(Builder builder) {
        guard = builder.guard;
        monitor = new Monitor(builder.ticker, builder.isManual);
        patience = Nanos.of(builder.teardownDeadline);
        Settings settings = builder.settings();
        extensions = new LinkedHashMap<>();
        for (String name : builder.dependencies.inOrder(builder.sources.keySet())) {
            Source source = Objects.requireNonNull(builder.sources.get(name));
            extensions.put(name, new SupervisedExtension(name, source, guard, settings, monitor));
        }
        extensions.forEach((name, extension) -> extension.connect(
                all(other -> builder.dependencies.of(name).contains(other)),
                all(other -> builder.dependencies.of(other).contains(name))));
        keeper = new Keeper(monitor, List.copyOf(extensions.values()), this::giveUp);
    }

    private List<SupervisedExtension> all(Predicate<String> names) {
        return extensions.values().stream()
                .filter(extension -> names.test(extension.name()))
                .toList();
    }

    /**
     * Returns a builder for a supervisor.
     *
     * @param guard what extensions are called through
     * @param sink takes the events
     * @return a builder
     */
    public static Builder builder(ExtensionGuard guard, EventSink sink) {
        return new Builder(guard, sink);
    }

    /**
     * Sets the extensions up, in the order of their dependencies and otherwise as they were given, and starts their
     * loops. Waits until each is up, has failed, or waits for one that has failed, but not longer than the teardown
     * deadline. A setup that takes longer goes on, and delays only what depends on it.
     *
     * @throws IllegalStateException if it was started or closed before, or another supervisor of the guard runs an
     *     extension of the same name
     */
    public void start() {
        boolean unused = monitor.test(this::mayStart);
        try {
            for (String name : extensions.keySet()) {
                if (!claims.containsKey(name)) { // As after a start that got no stack.
                    claims.put(name, guard.supervise(name)); // Runs listeners, so not within the map.
                }
            }
            guard.removeListener(trips);
            guard.addListener(trips);
            keeper.start();
            monitor.run(this::startAll);
        } catch (Throwable failed) {
            if (!monitor.test(() -> started)) {
                giveUp();
            }
            throw failed;
        }
        awaitSettled(new LinkedHashSet<>(extensions.values()), patience);
        logWhatIsNotUp();
    }

    /** Logs what the host starts without, since nothing else might. */
    private void logWhatIsNotUp() {
        Map<String, String> reasons = new LinkedHashMap<>();
        monitor.run(() -> extensions.forEach((name, extension) -> {
            String reason = extension.whyNotUp();
            if (reason != null) {
                reasons.put(name, reason);
            }
        }));
        reasons.forEach((name, reason) -> logger.warn("extension not up yet: {}: {}; the start goes on", name, reason));
    }

    private boolean mayStart() {
        if (closed) {
            throw isClosed();
        }
        if (started) {
            throw new IllegalStateException("the supervisor was started before");
        }
        return true;
    }

    private void startAll() {
        boolean unused = mayStart();
        long now = monitor.now();
        extensions.forEach((name, extension) -> extension.start(Objects.requireNonNull(claims.get(name)), now));
        started = true; // Last, so that a start that got no stack for this can be made again.
    }

    private static IllegalStateException isClosed() {
        return new IllegalStateException("the supervisor is closed");
    }

    /** Lets another supervisor run the extensions. Does nothing twice. */
    private void giveUp() {
        guard.removeListener(trips);
        claims.values().forEach(Supervision::close);
        claims.clear();
    }

    /**
     * Restarts an extension, even one that has failed for good. What depends on it goes down before it, and comes up
     * after it. Its backoff and the restarts that count towards the limit are forgotten.
     *
     * <p>Waits as {@link #start} does, but up to twice as long. If an extension calls this on a thread of this
     * supervisor, it does not wait.
     *
     * @param extension the extension's name
     * @param reason why, as operators read it
     * @throws NoSuchElementException if this supervisor does not run the extension
     * @throws IllegalStateException if it was not started, or is closed
     */
    public void restart(String extension, String reason) {
        SupervisedExtension known = extensions.get(extension);
        if (known == null) {
            throw new NoSuchElementException(
                    "no extension named \"%s\" is supervised, there is %s".formatted(SafeText.of(extension), names()));
        }
        Objects.requireNonNull(reason, "'reason' must not be null");
        Set<SupervisedExtension> concerned = new LinkedHashSet<>(Set.of(known));
        known.addDependents(concerned);
        monitor.run(() -> {
            if (closed) {
                throw isClosed();
            }
            if (!started) {
                throw new IllegalStateException("the supervisor has not been started");
            }
            known.requestRestart(SafeText.of(reason), monitor.now());
        });
        awaitSettled(concerned, 2 * Math.min(patience, Long.MAX_VALUE / 2));
    }

    /**
     * Returns the names of the extensions that this supervisor runs.
     *
     * @return the names, in the order of setup
     */
    public List<String> names() {
        return List.copyOf(extensions.keySet());
    }

    private void awaitSettled(Set<SupervisedExtension> concerned, long nanos) {
        boolean unused = await(
                () -> closed || concerned.stream().allMatch(extension -> extension.isSettled(monitor.now())), nanos);
    }

    /**
     * Waits for a condition, except on a thread of this supervisor, which might wait for itself.
     *
     * @return false if it did not wait, or was interrupted
     */
    private boolean await(BooleanSupplier condition, long nanos) {
        if (monitor.test(this::isOnOwnThread)) {
            return false;
        }
        try {
            boolean unused = monitor.await(condition, monitor.now() + nanos);
            return true;
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isOnOwnThread() {
        Thread current = Thread.currentThread();
        return extensions.values().stream().anyMatch(extension -> extension.runsOn(current));
    }

    /**
     * Stops all extensions. No loop polls any more. Events in flight have half of the teardown deadline to be done, and
     * are finalized after that. An event is in flight until its finalize has returned, so an instance is torn down only
     * after its last finalize, unless that hangs. Extensions are torn down in reverse order.
     *
     * <p>Returns when all have stopped, at the deadline, or when the current thread is interrupted, whose flag stays
     * set. What has not stopped by the deadline is left behind and logged. On a thread of this supervisor it returns at
     * once. Another supervisor may run the extensions once they have stopped, or were left behind.
     *
     * <p>If the supervisor is closed already, this only waits.
     */
    @Override
    public void close() {
        monitor.run(this::end);
        if (await(() -> extensions.values().stream().allMatch(SupervisedExtension::isDown), patience)) {
            giveUp();
        }
    }

    /** Ends all extensions. The keeper gives up the claims once they have ended, if nobody waits for that. */
    private void end() {
        closed = true;
        keeper.close();
    }

    @Override
    public String toString() {
        return "ExtensionSupervisor" + names();
    }

    /** Passes on what happens to the poll boundaries. */
    private final class Trips implements GuardListener {

        @Override
        public void onQuarantined(QuarantineReport report) {
            passOn(report, extension -> extension.quarantined(report));
        }

        @Override
        public void onReleased(QuarantineReport report) {
            passOn(report, SupervisedExtension::recovered);
        }

        private void passOn(QuarantineReport report, Consumer<SupervisedExtension> to) {
            SupervisedExtension extension = extensions.get(report.extension());
            if (extension != null && report.phase() == Phase.POLL) {
                to.accept(extension);
            }
        }
    }

    /** Builds an {@link ExtensionSupervisor}. Not thread-safe. */
    public static final class Builder {

        /** How many events of an extension may be in flight by default: {@value}. */
        public static final int DEFAULT_MAX_IN_FLIGHT = 1024;

        private static final int MOST_IN_FLIGHT = 1_000_000;

        private final ExtensionGuard guard;
        private final EventSink sink;
        private final Map<String, Source> sources = new LinkedHashMap<>();
        private final Dependencies dependencies = new Dependencies();
        private Function<String, SetupEnv> setupEnv = name -> new SetupEnv(name, Path.of("extensions", name), Map.of());
        private RestartPolicy restart = RestartPolicy.DEFAULT;
        private @Nullable ThreadFactory threads;
        private int maxInFlight = DEFAULT_MAX_IN_FLIGHT;
        private Duration pause = Duration.ofMillis(1);
        private Duration teardownDeadline = Duration.ofSeconds(10);
        private Ticker ticker = Ticker.system();
        private boolean isManual;

        private Builder(ExtensionGuard guard, EventSink sink) {
            this.guard = Objects.requireNonNull(guard, "'guard' must not be null");
            this.sink = Objects.requireNonNull(sink, "'sink' must not be null");
        }

        /**
         * Adds an extension. The same instance is set up again at each restart, and is not replaced while it hangs.
         *
         * @param capability the extension
         * @return this builder
         * @throws IllegalArgumentException if its name is not valid, or there is one of that name already
         */
        public Builder extension(ExtensionCapability capability) {
            ExtensionCapability guarded = guard.guarded(capability);
            return add(guarded.name(), Source.of(guarded));
        }

        /**
         * Adds an extension with a new instance for each setup. What the supplier throws counts as a panic in setup.
         *
         * @param name the name that all instances have
         * @param supplier makes an instance
         * @return this builder
         * @throws IllegalArgumentException if the name is not valid, or there is one of that name already
         */
        public Builder extension(String name, Supplier<? extends ExtensionCapability> supplier) {
            Objects.requireNonNull(name, "'name' must not be null");
            Objects.requireNonNull(supplier, "'supplier' must not be null");
            return add(name, Source.of(guard, name, supplier));
        }

        private Builder add(String name, Source source) {
            if (sources.putIfAbsent(name, source) != null) {
                throw new IllegalArgumentException("two extensions are named \"" + name + "\"");
            }
            return this;
        }

        /**
         * Declares what an extension depends on: it is set up after the others, and torn down before them. Names are
         * checked by {@link #build}, so that the order of calls does not matter.
         *
         * @param extension the extension's name
         * @param others what it depends on
         * @return this builder
         */
        public Builder dependsOn(String extension, String... others) {
            dependencies.add(extension, others);
            return this;
        }

        /**
         * Sets the environment that extensions are set up with. The function is called before each setup, on the
         * extension's thread. By default, the cell has the extension's name, the storage root is the directory of that
         * name in {@code extensions}, and the configuration is empty.
         *
         * @param setupEnv returns the environment by the extension's name
         * @return this builder
         */
        public Builder setupEnv(Function<String, SetupEnv> setupEnv) {
            this.setupEnv = Objects.requireNonNull(setupEnv, "'setupEnv' must not be null");
            return this;
        }

        /**
         * Sets when an extension is restarted, {@link RestartPolicy#DEFAULT} by default.
         *
         * @param restart the policy
         * @return this builder
         */
        public Builder restart(RestartPolicy restart) {
            this.restart = Objects.requireNonNull(restart, "'restart' must not be null");
            return this;
        }

        /**
         * Sets the factory of the threads: one for each extension, and one for each life that another thread has to
         * end. By default they are daemon threads that are named after the extension. A thread without a name is
         * named after it, too.
         *
         * @param threads the factory; of virtual threads, for example, if no extension recurses without end: see
         *     {@link ExtensionGuard}
         * @return this builder
         */
        public Builder threads(ThreadFactory threads) {
            this.threads = Objects.requireNonNull(threads, "'threads' must not be null");
            return this;
        }

        /**
         * Sets how many events of an extension may be in flight. Its loop pauses while that many are not done.
         *
         * @param maxInFlight 1 to 1,000,000; {@value #DEFAULT_MAX_IN_FLIGHT} by default
         * @return this builder
         * @throws InvalidPolicyException if it is out of range
         */
        public Builder maxInFlight(int maxInFlight) {
            check(
                    maxInFlight >= 1 && maxInFlight <= MOST_IN_FLIGHT,
                    "maxInFlight",
                    "must be at least 1 and at most " + MOST_IN_FLIGHT,
                    maxInFlight);
            this.maxInFlight = maxInFlight;
            return this;
        }

        /**
         * Sets how long a loop rests when nothing is pending.
         *
         * @param pause more than zero, 1 ms by default
         * @return this builder
         * @throws InvalidPolicyException if it is not
         */
        public Builder pause(Duration pause) {
            check(pause.compareTo(Duration.ZERO) > 0, "pause", "must be more than 0", pause);
            this.pause = pause;
            return this;
        }

        /**
         * Sets how long an extension may take to stop, and so how long {@link ExtensionSupervisor#close} takes at most.
         *
         * @param teardownDeadline more than zero, 10 s by default
         * @return this builder
         * @throws InvalidPolicyException if it is not
         */
        public Builder teardownDeadline(Duration teardownDeadline) {
            check(
                    teardownDeadline.compareTo(Duration.ZERO) > 0,
                    "teardownDeadline",
                    "must be more than 0",
                    teardownDeadline);
            this.teardownDeadline = teardownDeadline;
            return this;
        }

        /** Sets a ticker that a test drives by hand. The test then calls {@link ExtensionSupervisor#look}. */
        Builder ticker(Ticker manual) {
            ticker = manual;
            isManual = true;
            return this;
        }

        private Settings settings() {
            return new Settings(sink, setupEnv, restart, threads, maxInFlight, pause, teardownDeadline);
        }

        /**
         * Builds the supervisor, which is not started.
         *
         * @return the supervisor
         * @throws IllegalArgumentException if a dependency is not one of the extensions, or they depend on each other in a
         *     circle
         */
        public ExtensionSupervisor build() {
            return new ExtensionSupervisor(this);
        }
    }

    /** Does what is due, after a test has advanced the ticker. */
    void look() {
        monitor.signal();
    }
}
