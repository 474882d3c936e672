package dev.safe.test;

import dev.safe.ExtensionCapability;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An extension that misbehaves on demand, and records how it is called. Without a fault it behaves well.
 *
 * <pre>{@code
 * try (FaultyExtension udp = FaultyExtension.builder("network.udp")
 *         .events("udp.packet")
 *         .inject(Phase.POLL, Faults.linkageError(), Schedule.times(3))
 *         .build()) {
 *     guard.callPoll(udp);
 * }
 * }</pre>
 *
 * <p>Several faults in one phase strike in the order in which they were injected, until one throws. Needs neither JUnit
 * nor AssertJ. Thread-safe. Close it after the test, which ends calls that hang and threads that it leaked.
 *
 * @since 0.1
 */
public final class FaultyExtension implements ExtensionCapability, AutoCloseable {

    private final Supplier<@Nullable String> name;
    private final Supplier<@Nullable StepEvent> events;
    private final List<Injection> injections = new CopyOnWriteArrayList<>();
    private final Map<Phase, AtomicLong> calls = new EnumMap<>(Phase.class); // full from the start

    /** How many events of each id were polled and are not finalized. */
    private final Map<Long, Integer> open = new ConcurrentHashMap<>();

    private final AtomicLong polled = new AtomicLong();
    private final AtomicLong finalized = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();

    /** How often it had been healed when the call began that a thread is in. */
    private final ThreadLocal<Long> healingsBefore = new ThreadLocal<>();

    private final Set<Thread> pausing = ConcurrentHashMap.newKeySet();
    private final Set<Thread> hanging = ConcurrentHashMap.newKeySet();
    private final Set<Thread> leaked = ConcurrentHashMap.newKeySet();
    private final Object hoarding = new Object();
    private volatile long healings;
    private volatile boolean closed;

    @SuppressWarnings("unused") // held, not read
    private volatile @Nullable Object hoard;

    private FaultyExtension(Builder builder) {
        for (Phase phase : Phase.values()) {
            calls.put(phase, new AtomicLong());
        }
        name = builder.name;
        events = builder.events;
        builder.faults.forEach(injected -> inject(injected.phase, injected.fault, injected.schedule));
    }

    /**
     * Returns a builder for an extension that behaves well and has no events.
     *
     * @param name its name, valid or not
     * @return a builder
     */
    public static Builder builder(String name) {
        return new Builder(() -> name);
    }

    /**
     * Returns a builder for an extension whose {@code name} may misbehave: throw, hang, or return something else each
     * time.
     *
     * @param name called by each {@link #name()}
     * @return a builder
     */
    public static Builder builder(Supplier<@Nullable String> name) {
        return new Builder(Objects.requireNonNull(name, "'name' must not be null"));
    }

    // Orders.

    /**
     * Makes calls of a phase misbehave, in addition to faults that were injected before.
     *
     * @param phase the entry point
     * @param fault how the calls misbehave
     * @param schedule which calls misbehave, counted from now on
     * @return the injection, which can be removed
     */
    public Injection inject(Phase phase, Fault fault, Schedule schedule) {
        Injection injection = new Injection(
                this,
                Objects.requireNonNull(phase, "'phase' must not be null"),
                Objects.requireNonNull(fault, "'fault' must not be null"),
                Objects.requireNonNull(schedule, "'schedule' must not be null"));
        injections.add(injection);
        return injection;
    }

    /**
     * Makes every call of a phase misbehave, from now on.
     *
     * @param phase the entry point
     * @param fault how the calls misbehave
     * @return the injection, which can be removed
     */
    public Injection inject(Phase phase, Fault fault) {
        return inject(phase, fault, Schedule.always());
    }

    void remove(Injection injection) {
        injections.remove(injection);
    }

    /** Removes all faults, lets calls that hang or are slow return, and frees the heap. Leaked threads go on. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    public void heal() {
        hoard = null; // Done first, since the rest needs memory.
        injections.clear();
        synchronized (hoarding) {
            healings++;
        }
        hanging.forEach(LockSupport::unpark);
        pausing.forEach(LockSupport::unpark);
    }

    /** Heals, and ends the leaked threads. The extension can still be called. */
    @Override
    public void close() {
        heal();
        closed = true;
        leaked.forEach(LockSupport::unpark);
    }

    // What was done with it.

    /**
     * Returns how often an entry point was called, calls that misbehaved included.
     *
     * @param phase the entry point
     * @return the number of calls
     */
    public long calls(Phase phase) {
        return counter(phase).get();
    }

    /**
     * Returns how many events it returned from poll.
     *
     * @return the number of events
     */
    public long polled() {
        return polled.get();
    }

    /**
     * Returns how many of its events were finalized.
     *
     * @return the number of events
     */
    public long finalized() {
        return finalized.get();
    }

    /**
     * Returns the events that were polled and are not finalized, whether because of the host or because of a fault.
     *
     * @return their ids, in order; a copy
     */
    public Set<Long> unfinalized() {
        return new TreeSet<>(open.keySet());
    }

    /**
     * Returns how often an event was finalized that was never polled or was finalized already.
     *
     * @return the number of calls
     */
    public long unknownFinalized() {
        return unknown.get();
    }

    /**
     * Returns how many calls hang now, in a fault that hangs.
     *
     * @return the number of threads
     */
    public int hanging() {
        return hanging.size();
    }

    /**
     * Returns the threads that it leaked and that still run.
     *
     * @return the threads; a copy
     */
    public Set<Thread> leakedThreads() {
        return Set.copyOf(leaked);
    }

    // The entry points.

    @Override
    @SuppressWarnings("NullAway") // a name that is null is a fault
    public String name() {
        return name.get();
    }

    @Override
    public void setup(SetupEnv env) {
        isSpared(Phase.SETUP);
    }

    @Override
    public @Nullable StepEvent poll() {
        StepEvent event = isSpared(Phase.POLL) ? events.get() : null;
        if (event != null) {
            open.merge(event.id(), 1, Integer::sum);
            polled.incrementAndGet();
        }
        return event;
    }

    @Override
    public void finalizeStep(long id) {
        if (!isSpared(Phase.FINALIZE)) {
            return;
        }
        Integer[] before = new Integer[1];
        open.compute(id, (key, count) -> {
            before[0] = count;
            return count == null || count == 1 ? null : count - 1;
        });
        (before[0] == null ? unknown : finalized).incrementAndGet();
    }

    @Override
    public void teardown(TeardownContext context) {
        isSpared(Phase.TEARDOWN);
    }

    /**
     * Stands in for a host function, and misbehaves by the faults of {@link Phase#HOST}. Wrap it, for example by
     * {@code guard.hostFunction("network.udp", "send", IntSupplier.class, udp::hostFunction)}.
     *
     * @return 1
     */
    public int hostFunction() {
        isSpared(Phase.HOST);
        return 1;
    }

    private AtomicLong counter(Phase phase) {
        return Objects.requireNonNull(calls.get(phase));
    }

    /** Lets the faults strike. Returns whether the call has to do its work. */
    private boolean isSpared(Phase phase) {
        hoard = null;
        counter(phase).incrementAndGet();
        Long outer = healingsBefore.get();
        healingsBefore.set(healings); // Read before the faults: who is healed meanwhile removes them first.
        try {
            strike(phase);
            return true;
        } catch (Skip skipped) {
            return false;
        } catch (Throwable thrown) {
            throw Sneaky.<RuntimeException>unchecked(thrown);
        } finally {
            if (outer == null) {
                healingsBefore.remove();
            } else {
                healingsBefore.set(outer);
            }
        }
    }

    private void strike(Phase phase) throws Throwable {
        List<Injection.Call> counted = new ArrayList<>();
        for (Injection injection : injections) {
            if (injection.phase() == phase) {
                counted.add(injection.count());
            }
        }
        // Only now, since a fault that throws or hangs must not keep those after it from counting the call.
        for (Injection.Call call : counted) {
            if (isHealed()) {
                return;
            }
            call.strikeIfDue();
        }
    }

    /** Returns whether it was healed since the call began that the current thread is in. */
    private boolean isHealed() {
        Long before = healingsBefore.get();
        return before != null && before != healings;
    }

    // For the faults.

    /**
     * Parks the calling thread until the extension is healed or, if interrupts are heeded, the thread is interrupted.
     */
    void hang(boolean heedInterrupts) {
        park(hanging, heedInterrupts, Long.MAX_VALUE);
    }

    /** Parks the calling thread for some time, interrupted or not, or until the extension is healed. */
    void pause(long nanos) {
        park(pausing, false, nanos);
    }

    private void park(Set<Thread> parked, boolean heedInterrupts, long nanos) {
        long start = System.nanoTime();
        long left = nanos;
        boolean interrupted = false;
        Thread caller = Thread.currentThread();
        parked.add(caller);
        try {
            while (left > 0 && !isHealed() && !(heedInterrupts && caller.isInterrupted())) {
                interrupted |= !heedInterrupts && Thread.interrupted();
                LockSupport.parkNanos(this, left);
                left = nanos - (System.nanoTime() - start);
            }
        } finally {
            parked.remove(caller);
            if (interrupted) {
                caller.interrupt();
            }
        }
    }

    /** Keeps a processor busy until the extension is healed. */
    void spin() {
        Thread caller = Thread.currentThread();
        hanging.add(caller);
        try {
            while (!isHealed()) {
                Thread.onSpinWait();
            }
        } finally {
            hanging.remove(caller);
        }
    }

    /** Starts a thread that runs until the extension is closed, whatever else is done with it. */
    void leakThread() {
        Thread thread = new Thread(this::lurk, "faulty-" + leaked.size());
        thread.setDaemon(true);
        leaked.add(thread);
        thread.start();
    }

    private void lurk() {
        while (!closed) {
            LockSupport.park(this);
        }
        leaked.remove(Thread.currentThread());
    }

    /** Holds on to something until the next call, or until the extension is healed. */
    void hoard(@Nullable Object held) {
        hoard = held;
    }

    @Override
    public String toString() {
        return "FaultyExtension" + injections;
    }

    /**
     * Builds a {@link FaultyExtension}. Not thread-safe.
     *
     * @since 0.1
     */
    public static final class Builder {

        private record Ordered(Phase phase, Fault fault, Schedule schedule) {}

        private final Supplier<@Nullable String> name;
        private final List<Ordered> faults = new ArrayList<>();
        private Supplier<@Nullable StepEvent> events = () -> null;

        private Builder(Supplier<@Nullable String> name) {
            this.name = name;
        }

        /**
         * Makes every poll return an event without a payload, for every cell. Ids count from 1.
         *
         * @param kind the kind of the events
         * @return this builder
         */
        public Builder events(String kind) {
            Objects.requireNonNull(kind, "'kind' must not be null");
            AtomicLong ids = new AtomicLong();
            return events(() -> new StepEvent(kind, new byte[0], ids.incrementAndGet(), null));
        }

        /**
         * Sets what poll returns when it does not misbehave.
         *
         * @param source asked at each poll; returns null if nothing is pending; thread-safe
         * @return this builder
         */
        public Builder events(Supplier<@Nullable StepEvent> source) {
            this.events = Objects.requireNonNull(source, "'source' must not be null");
            return this;
        }

        /**
         * Makes calls of a phase misbehave.
         *
         * @param phase the entry point
         * @param fault how the calls misbehave
         * @param schedule which calls misbehave
         * @return this builder
         */
        public Builder inject(Phase phase, Fault fault, Schedule schedule) {
            faults.add(new Ordered(
                    Objects.requireNonNull(phase, "'phase' must not be null"),
                    Objects.requireNonNull(fault, "'fault' must not be null"),
                    Objects.requireNonNull(schedule, "'schedule' must not be null")));
            return this;
        }

        /**
         * Makes every call of a phase misbehave.
         *
         * @param phase the entry point
         * @param fault how the calls misbehave
         * @return this builder
         */
        public Builder inject(Phase phase, Fault fault) {
            return inject(phase, fault, Schedule.always());
        }

        /**
         * Builds the extension.
         *
         * @return a new extension
         */
        public FaultyExtension build() {
            return new FaultyExtension(this);
        }
    }
}
