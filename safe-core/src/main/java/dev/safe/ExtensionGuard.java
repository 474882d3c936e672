package dev.safe;

import dev.safe.internal.hostfunction.HostFunctions;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.watch.Watchdog;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a boundary around every entry point of every extension. What an extension throws there is counted, reported and
 * turned into the outcome that the policy of the phase says; the host's loop goes on.
 *
 * <p>A boundary is one extension × one {@link Phase}. Boundaries go by the extension's name, and are made when the name
 * is first seen. Instances that share a name share counts, policy and quarantine.
 *
 * <table>
 * <caption>What a caller gets under the built-in policies</caption>
 * <tr><th>entry point</th><th>returns</th><th>throws a checked exception</th><th>panics</th></tr>
 * <tr><td>setup</td><td>passes</td><td>passes, counted as an error</td><td>{@link ExtensionPanicException}</td></tr>
 * <tr><td>poll</td><td>passes</td><td>is a panic</td><td>null</td></tr>
 * <tr><td>finalize</td><td>passes</td><td>is a panic</td><td>swallowed</td></tr>
 * <tr><td>teardown</td><td>passes</td><td>logged, counted as an error</td><td>swallowed</td></tr>
 * <tr><td>host function</td><td>passes</td><td>is a panic</td><td>zero, null, or the sentinel given</td></tr>
 * </table>
 *
 * <p>Not contained: {@link VirtualMachineError}s other than {@link StackOverflowError}, which are counted, logged and
 * rethrown, except by a guarded {@link MethodHandle}; the {@linkplain Builder#passThrough pass-through} types; what an
 * extension does on threads of its own; a call that never returns, unless its budget interrupts it and it heeds that;
 * {@code System.exit}, exhausted memory, and native crashes. JDK 25 itself may crash where a virtual thread has to give
 * up its carrier at the end of its stack, so an extension that may recurse without end belongs on platform threads.
 *
 * <p>Where no stack or memory is left after a panic, its outcome is still what the policy says. Count, report,
 * quarantine and interrupt flag are made up for at the next call across the same boundary, or when the extension is
 * next looked at. Where the stack ends before the extension is reached, the host may see a {@link StackOverflowError}.
 *
 * <p>Thread-safe. A guard runs one daemon thread from its first budget, quarantine or silenced panic until it is
 * closed. The first guard of a JVM prepares for panics on another one, for some tens of milliseconds. The first
 * extension waits for that.
 *
 * @since 0.1
 */
public final class ExtensionGuard implements AutoCloseable {

    private static final FlightLog FLIGHT_LOG = FlightLog.find();

    private final Listeners listeners;
    private final Watchdog watchdog;
    private final Registry registry;

    private ExtensionGuard(Builder builder) {
        this(builder, LoggerFactory.getLogger(ExtensionGuard.class), FLIGHT_LOG);
        DryRun.begin();
    }

    private ExtensionGuard(Builder builder, Logger logger, FlightLog flightLog) {
        Policies policies = builder.policies.build();
        ContainedTicker ticker = new ContainedTicker(builder.ticker);
        listeners = new Listeners(logger, ticker);
        watchdog = new Watchdog(ticker::read, builder.tickerGiven, Listeners::complain);
        BoundaryServices services = new BoundaryServices(
                new Classifier(builder.passThrough),
                new Reporter(listeners, flightLog),
                new Rethrown(),
                watchdog,
                ticker,
                builder.jitter,
                builder.timers);
        registry = new Registry(policies, listeners, services);
        listeners.addLog(new PanicLog(registry::policy, logger));
        builder.listeners.forEach(listeners::add);
    }

    /** Creates a guard that logs to a given logger, and neither records anything nor makes a {@link DryRun} first. */
    static ExtensionGuard loggingTo(Logger logger, Builder builder) {
        return new ExtensionGuard(builder, logger, FlightLog.NONE);
    }

    /**
     * Creates a guard with the built-in policies that only logs.
     *
     * @return a new guard
     */
    public static ExtensionGuard ofDefaults() {
        return builder().build();
    }

    /**
     * Creates a guard that contains nothing, for hosts that switch containment off without being changed. What an extension
     * throws leaves every entry point unchanged, uncounted and unreported, as if there were no guard. Only a guarded
     * {@link MethodHandle} contains what it must.
     *
     * @return a new guard
     */
    public static ExtensionGuard disabled() {
        Builder builder = builder();
        builder.passThrough.add(Throwable.class);
        return builder.build();
    }

    /**
     * Starts with the built-in policies.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    // The ways in.

    /**
     * Calls {@link ExtensionCapability#setup}.
     *
     * @param capability the extension
     * @param env handed on
     * @throws ExtensionPanicException if the extension panicked, unless the policy is to suppress that
     * @throws IllegalArgumentException if the extension's name is not valid
     * @throws Exception the error that the extension returned, the same instance
     */
    public void callSetup(ExtensionCapability capability, SetupEnv env) throws Exception {
        EntryPoints.setup(registry.boundary(capability, Phase.SETUP), capability, env);
    }

    /**
     * Calls {@link ExtensionCapability#poll}.
     *
     * @param capability the extension
     * @return the event; null if nothing is pending, the extension panicked, or is in quarantine
     * @throws ExtensionPanicException if the extension panicked and the policy is to throw
     * @throws IllegalArgumentException if the extension's name is not valid
     */
    public @Nullable StepEvent callPoll(ExtensionCapability capability) {
        return EntryPoints.poll(registry.boundary(capability, Phase.POLL), capability);
    }

    /**
     * Calls {@link ExtensionCapability#finalizeStep}.
     *
     * @param capability the extension
     * @param id handed on
     * @throws ExtensionPanicException if the extension panicked and the policy is to throw
     * @throws IllegalArgumentException if the extension's name is not valid
     */
    public void callFinalize(ExtensionCapability capability, long id) {
        EntryPoints.finalizeStep(registry.boundary(capability, Phase.FINALIZE), capability, id);
    }

    /**
     * Calls {@link ExtensionCapability#teardown}. An error that it returns is logged.
     *
     * @param capability the extension
     * @param context handed on
     * @throws ExtensionPanicException if the extension panicked and the policy is to throw
     * @throws IllegalArgumentException if the extension's name is not valid
     */
    public void callTeardown(ExtensionCapability capability, TeardownContext context) {
        EntryPoints.teardown(registry.boundary(capability, Phase.TEARDOWN), capability, context);
    }

    /**
     * Decorates an extension so that its own methods go across the boundaries: for extensions that no framework advises,
     * and the fastest way in.
     *
     * @param capability the extension
     * @return the decorator; the same instance if it is one of this guard already
     * @throws IllegalArgumentException if the extension's name is not valid
     */
    public ExtensionCapability guarded(ExtensionCapability capability) {
        if (capability instanceof GuardedExtension guarded && guarded.isGuardedBy(this)) {
            return capability;
        }
        Identity known = registry.known(capability);
        Identity identity = known != null ? known : registry.identify(capability);
        GuardedExtension guarded = new GuardedExtension(this, capability, identity);
        registry.alias(guarded, identity);
        return guarded;
    }

    /**
     * Returns whether an instance is a decorator, of this guard or of another: its methods go across boundaries already.
     *
     * @param capability the instance
     * @return true if {@link #guarded} returned it
     * @since 0.1
     */
    public boolean isGuarded(ExtensionCapability capability) {
        return capability instanceof GuardedExtension;
    }

    /**
     * Calls an entry point across its boundary, for integrations such as an aspect.
     *
     * @param <T> what the entry point needs to make the call
     * @param capability the extension
     * @param phase the entry point
     * @param invocation handed on to the entry point
     * @param entryPoint makes the call; non-capturing, so that a call allocates nothing
     * @return what the extension returned; null where the boundary suppressed or rejected the call
     * @throws Throwable what the policy of the phase says; nothing but unchecked exceptions if the phase is not setup
     */
    public <T> @Nullable Object call(
            ExtensionCapability capability, Phase phase, T invocation, EntryPoint<T> entryPoint) throws Throwable {
        Boundary boundary = registry.boundary(capability, phase);
        return boundary.<T, Throwable>call(invocation, EntryPoints.noted(boundary, capability, entryPoint));
    }

    // Host functions.

    /**
     * Wraps a host function: what it throws is contained, and the caller gets zero, false or null.
     *
     * @param <F> the interface
     * @param extension the extension that the function belongs to
     * @param function the function's name in logs
     * @param type the interface: any that is not sealed, functional or not, of any visibility and class loader; if its
     *     class loader does not find Safe, its methods must return public types only
     * @param body the function
     * @return a wrapper for it; all methods of the interface are guarded, default methods included
     * @throws IllegalArgumentException if the name is not valid, or the type cannot be wrapped
     */
    public <F> F hostFunction(String extension, String function, Class<F> type, F body) {
        return HostFunctions.wrap(hostBoundary(extension), function, type, body);
    }

    /**
     * Wraps a host function: what it throws is contained, and the caller gets the sentinel.
     *
     * @param <F> the interface
     * @param extension the extension that the function belongs to
     * @param function the function's name in logs
     * @param type the interface, with the limits of {@link #hostFunction(String, String, Class, Object)}
     * @param body the function
     * @param sentinel what the caller gets in place of a result; an array of primitives is copied each time
     * @return a wrapper for it
     * @throws IllegalArgumentException if the name is not valid, the type cannot be wrapped, or a method cannot return
     *     the sentinel
     */
    public <F> F hostFunction(String extension, String function, Class<F> type, F body, Object sentinel) {
        Objects.requireNonNull(sentinel, "'sentinel' must not be null");
        return HostFunctions.wrap(hostBoundary(extension), function, type, body, sentinel);
    }

    /**
     * Wraps a host function that native code calls, where anything thrown would end the JVM: nothing escapes, whether
     * fatal, of a pass-through type, or a panic whose policy is to throw. The caller gets zero, false or null.
     *
     * <p>Not contained: native code calling back when the thread is nearly out of stack, which ends the JVM before Java
     * code runs.
     *
     * @param extension the extension that the function belongs to
     * @param function the function's name in logs
     * @param body the function
     * @return a handle of the same type
     * @throws IllegalArgumentException if the name is not valid
     */
    public MethodHandle hostFunction(String extension, String function, MethodHandle body) {
        return HostFunctions.wrap(hostBoundary(extension), function, body);
    }

    /**
     * Wraps a host function that native code calls, as {@link #hostFunction(String, String, MethodHandle)} does. The
     * caller gets the sentinel.
     *
     * @param extension the extension that the function belongs to
     * @param function the function's name in logs
     * @param body the function
     * @param sentinel what the caller gets in place of a result
     * @return a handle of the same type
     * @throws IllegalArgumentException if the name is not valid or the handle cannot return the sentinel
     */
    public MethodHandle hostFunction(String extension, String function, MethodHandle body, Object sentinel) {
        Objects.requireNonNull(sentinel, "'sentinel' must not be null");
        return HostFunctions.wrap(hostBoundary(extension), function, body, sentinel);
    }

    /**
     * Counts and logs what a catch block around a host function caught. Always returns. What to hand to the guest, and
     * whether to rethrow what is fatal, is for the caller to decide.
     *
     * @param extension the extension that the function belongs to
     * @param function the function's name in logs
     * @param panic what was caught
     * @throws IllegalArgumentException if the name is not valid
     */
    @SuppressWarnings("ConstantValue")
    public void recoverHost(String extension, String function, Throwable panic) {
        Throwable caught = panic != null ? panic : new NullPointerException("recoverHost was given no throwable");
        hostBoundary(extension).recovered(function, caught);
    }

    // Operators.

    /**
     * Returns all extensions, as they are now.
     *
     * @return a snapshot of each, in the order of their names
     */
    public List<ExtensionSnapshot> snapshots() {
        return registry.all().stream()
                .map(Extension::snapshot)
                .sorted(Comparator.comparing(ExtensionSnapshot::name))
                .toList();
    }

    /**
     * Returns one extension, as it is now.
     *
     * @param extension its name
     * @return a snapshot, empty if there is no such extension
     */
    public Optional<ExtensionSnapshot> snapshot(String extension) {
        return Optional.ofNullable(registry.get(extension)).map(Extension::snapshot);
    }

    /**
     * Returns one boundary, as it is now.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @return a snapshot, empty if there is no such extension
     * @since 0.1
     */
    public Optional<PhaseSnapshot> snapshot(String extension, Phase phase) {
        return Optional.ofNullable(registry.get(extension))
                .map(known -> known.boundary(phase).snapshot());
    }

    /**
     * Returns how one extension is doing, without a snapshot of all the rest: for gauges and the like.
     *
     * @param extension its name
     * @return its state, empty if there is no such extension
     * @since 0.1
     */
    public Optional<ExtensionState> state(String extension) {
        return Optional.ofNullable(registry.get(extension)).map(Extension::state);
    }

    /**
     * Returns the policy in force for one entry point.
     *
     * @param extension the extension's name, known or not
     * @param phase the entry point
     * @return its policy
     * @since 0.1
     */
    public PhasePolicy policy(String extension, Phase phase) {
        return registry.policy(extension, phase);
    }

    /**
     * Rejects calls of one entry point until it is {@linkplain #release released}.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @param reason why, as operators read it
     * @throws NoSuchElementException if there is no such extension
     * @throws IllegalArgumentException if the phase is setup or teardown, which are never rejected
     */
    public void quarantine(String extension, Phase phase, String reason) {
        Extension known = registry.known(extension);
        if (!phase.isRejectable()) {
            throw new IllegalArgumentException(
                    "phase '%s' is never rejected: quarantine poll, finalize or host".formatted(phase.tag()));
        }
        known.boundary(phase).impose(SafeText.of(reason));
    }

    /**
     * Lets calls of one entry point through again, and forgets its backoff and trips. If it is clear, only forgets its
     * trips.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @throws NoSuchElementException if there is no such extension
     * @throws IllegalStateException if its policy {@linkplain QuarantinePolicy#hold() holds} it; only a policy without
     *     the hold lets calls through
     */
    public void release(String extension, Phase phase) {
        release(extension, phase, "released by hand");
    }

    /**
     * Lets calls of one entry point through again, as {@link #release(String, Phase)} does, for a reason.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @param reason why, as operators read it in the log and listeners in their report
     * @throws NoSuchElementException if there is no such extension
     * @throws IllegalStateException if its policy {@linkplain QuarantinePolicy#hold() holds} it; only a policy without
     *     the hold lets calls through
     */
    public void release(String extension, Phase phase, String reason) {
        registry.known(extension).boundary(phase).release(SafeText.of(reason));
    }

    // Integrations.

    /**
     * Makes an instance known before it is first called, so that its counts start at zero. If its {@code name} throws,
     * that is contained, counts as a panic in setup, and the extension has failed.
     *
     * @param capability the extension
     * @param fallbackName its identity if its {@code name} throws
     * @return the extension's name
     * @throws IllegalArgumentException if a name is not valid
     */
    public String register(ExtensionCapability capability, String fallbackName) {
        Identity known = registry.known(capability);
        return (known != null ? known : registry.identify(capability, fallbackName)).name();
    }

    /**
     * Claims an extension for a supervisor, which then reports restarts. Makes the extension known.
     *
     * @param extension the extension's name
     * @return the claim, to be closed when the supervisor ends
     * @throws IllegalArgumentException if the name is not valid
     * @throws IllegalStateException if another supervisor runs the extension
     * @since 0.1
     */
    public Supervision supervise(String extension) {
        Extension known = named(extension);
        Supervision claim = new Supervision(known, registry.services().reporter());
        if (!known.claim(claim)) {
            throw new IllegalStateException(
                    "extension \"" + extension + "\" is run by another supervisor of this guard");
        }
        return claim;
    }

    /**
     * Makes an instance, such as a proxy, known by a given name, without asking it for one.
     *
     * @param capability the instance
     * @param extension the extension's name
     * @throws IllegalArgumentException if the name is not valid
     */
    public void registerAs(ExtensionCapability capability, String extension) {
        registry.alias(capability, named(extension));
    }

    /**
     * Returns whether an instance has been made known, or was called.
     *
     * @param capability the instance
     * @return true if the guard knows its name
     */
    public boolean knows(ExtensionCapability capability) {
        return registry.known(capability) != null;
    }

    /**
     * Forgets an extension, its counts and its quarantine. To a call that still arrives, by an instance, a decorator or
     * a host function, the extension is new.
     *
     * @param extension the extension's name
     * @throws NoSuchElementException if there is no such extension
     */
    public void remove(String extension) {
        registry.remove(extension);
    }

    /**
     * Adds a listener. It is notified of the known extensions first, and of what happens from then on.
     *
     * @param listener the listener
     */
    public void addListener(GuardListener listener) {
        listeners.add(Objects.requireNonNull(listener, "'listener' must not be null"));
        for (Extension extension : registry.all()) {
            extension.countRejected();
            listeners.reportTo(
                    listener, "onRegistered", extension.name(), added -> added.onRegistered(extension.snapshot()));
        }
    }

    /**
     * Removes a listener. It is not notified any more, except of what another thread is reporting at this moment. Does
     * nothing if the listener was not added.
     *
     * @param listener the listener, found by identity
     * @since 0.1
     */
    public void removeListener(GuardListener listener) {
        listeners.remove(Objects.requireNonNull(listener, "'listener' must not be null"));
    }

    /**
     * Replaces all policies. Existing boundaries keep their counts and their quarantine.
     *
     * @param next the policies from now on
     */
    public void apply(Policies next) {
        registry.apply(next);
    }

    /** Stops the daemon thread and reports the panics silenced so far. Calls are contained as before. */
    @Override
    public void close() {
        watchdog.close();
        registry.all().forEach(Extension::reportSilenced);
    }

    private Extension named(String extension) {
        Extension named = registry.named(extension);
        registry.announce(named);
        return named;
    }

    private Boundary hostBoundary(String extension) {
        return named(extension).boundary(Phase.HOST);
    }

    Registry registry() {
        return registry;
    }

    /** Does what the daemon thread does from time to time. For tests. */
    void look() {
        watchdog.look();
    }

    /** Builds an {@link ExtensionGuard}. Not thread-safe. */
    public static final class Builder {

        private final Set<Class<? extends Throwable>> passThrough = new LinkedHashSet<>();
        private final List<GuardListener> listeners = new ArrayList<>();
        private Policies.Builder policies = Policies.builder();
        private Ticker ticker = Ticker.system();
        private boolean tickerGiven;
        private DoubleSupplier jitter = () -> ThreadLocalRandom.current().nextDouble();
        private boolean timers;

        private Builder() {}

        /**
         * Sets the policy of a phase, for every extension without a policy of its own.
         *
         * @param phase the entry point
         * @param policy its policy
         * @return this builder
         * @throws InvalidPolicyException if the policy has a setting that the phase cannot honour
         */
        public Builder policy(Phase phase, PhasePolicy policy) {
            policies.policy(phase, policy);
            return this;
        }

        /**
         * Sets the policy of a phase of one extension. It replaces the phase's policy as a whole: start from that one
         * with {@link PhasePolicy#toBuilder()} to change single settings.
         *
         * @param extension the extension's name
         * @param phase the entry point
         * @param policy its policy
         * @return this builder
         * @throws InvalidPolicyException if the policy has a setting that the phase cannot honour
         * @throws IllegalArgumentException if the name is not valid
         */
        public Builder policy(String extension, Phase phase, PhasePolicy policy) {
            policies.policy(extension, phase, policy);
            return this;
        }

        /**
         * Sets all policies at once, in place of those set before.
         *
         * @param policies the policies
         * @return this builder
         */
        public Builder policies(Policies policies) {
            this.policies = policies.toBuilder();
            return this;
        }

        /**
         * Adds types, subclasses included, that are control flow of the host's engine. They leave every entry point
         * unchanged and uncounted, except a guarded {@link MethodHandle}, which nothing leaves.
         *
         * @param types the types
         * @return this builder
         * @throws InvalidPolicyException if a type is not a {@link Throwable}, or is {@link Throwable},
         *     {@link Exception}, {@link RuntimeException} or {@link Error} itself: no panic would be contained
         */
        public Builder passThrough(Class<?>... types) {
            List<Class<? extends Throwable>> checked =
                    Arrays.stream(types).map(Builder::controlFlow).toList();
            passThrough.addAll(checked);
            return this;
        }

        private static Class<? extends Throwable> controlFlow(Class<?> type) {
            Objects.requireNonNull(type, "'types' must not contain null");
            InvalidPolicyException.check(
                    Throwable.class.isAssignableFrom(type),
                    "passThrough",
                    "must name types of Throwable",
                    type.getName());
            InvalidPolicyException.check(
                    !type.isAssignableFrom(RuntimeException.class) && type != Error.class,
                    "passThrough",
                    "must not name Throwable, Exception, RuntimeException or Error: no panic would be contained",
                    type.getName());
            return type.asSubclass(Throwable.class);
        }

        /**
         * Adds a listener. The guard logs without one.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(GuardListener listener) {
            listeners.add(Objects.requireNonNull(listener, "'listener' must not be null"));
            return this;
        }

        /**
         * Sets the source of time.
         *
         * @param ticker the ticker
         * @return this builder
         */
        public Builder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "'ticker' must not be null");
            this.tickerGiven = true;
            return this;
        }

        /**
         * Sets the source of the jitter of backoffs.
         *
         * @param jitter uniform in [0, 1); thread-safe
         * @return this builder
         */
        public Builder jitter(DoubleSupplier jitter) {
            this.jitter = Objects.requireNonNull(jitter, "'jitter' must not be null");
            return this;
        }

        /**
         * Sets whether calls are timed for {@link GuardListener#onCall}. Off by default, since it costs two clock reads
         * per call.
         *
         * @param timers true to time calls
         * @return this builder
         */
        public Builder timers(boolean timers) {
            this.timers = timers;
            return this;
        }

        /**
         * Builds the guard.
         *
         * @return a new guard
         */
        public ExtensionGuard build() {
            return new ExtensionGuard(this);
        }
    }
}
