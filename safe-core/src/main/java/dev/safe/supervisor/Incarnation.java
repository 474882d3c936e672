package dev.safe.supervisor;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.internal.time.Nanos;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of an extension, on a thread of its own: setup, polls until it has to stop, the end of its open events, and
 * teardown. The next life is another object on another thread, so that a life that hangs can be left behind.
 *
 * <p>The thread goes straight through the {@linkplain Stage stages}. The {@link Keeper} decides when it has to stop,
 * and what becomes of it if it does not.
 */
final class Incarnation implements Runnable {

    /** How far a life has come. */
    enum Stage {

        /** Setup has not returned. */
        STARTING,

        /** The loop polls. Dependents may start. */
        UP,

        /** Setup failed, or the loop has ended: events are finalized, dependents go down, then teardown. */
        STOPPING,

        /** The thread has nothing more to do. */
        ENDED
    }

    private static final Logger logger = LoggerFactory.getLogger(ExtensionSupervisor.class);

    /**
     * How long a loop pauses in quarantine. Calls are rejected then, so polling faster would only count more
     * rejections.
     */
    private static final long QUARANTINE_PAUSE = 50_000_000;

    /** How long a loop waits for cells to be done with events until that is logged, and logged again. */
    private static final long LONG_WAIT = TimeUnit.MINUTES.toNanos(1);

    private final SupervisedExtension owner;
    private final Settings settings;
    private final Monitor monitor;
    private final Source source;
    private final @Nullable String restartReason;
    private final OpenDeliveries open;
    private final long pause;
    private final long timeToStop;
    final long startedAt;
    private final AtomicBoolean tornDown = new AtomicBoolean();

    /**
     * How long a call that has returned waits for an interrupt that is being made. Longer than it takes to set a flag.
     * An interrupt runs code of what the thread is blocked in, which may hang.
     */
    private static final long INTERRUPT_PATIENCE = TimeUnit.SECONDS.toNanos(1);

    // Changed under the monitor.
    volatile Stage stage = Stage.STARTING;
    long toldAt;
    boolean interrupted;
    boolean rescued;
    boolean overdue;

    /** Whether the thread is in the extension or in the sink, and so may be interrupted. */
    private boolean inCall = true;

    private boolean interrupting;

    /** The instance, guarded. Until there is one, a placeholder that does nothing. */
    private volatile ExtensionCapability extension = this::name;

    /** The delivery for the next event. Only for the loop. */
    private @Nullable OpenDelivery spare;

    /** After how many tickets the loop has found all slots taken, and when it did, or logged it. Only for the loop. */
    private long waitedAfter;

    private long waitsSince;

    private volatile boolean told;
    private volatile @Nullable Thread thread;

    /** The thread that tears it down in place of its own. */
    private volatile @Nullable Thread rescuer;

    /**
     * @param source where the instance comes from
     * @param restartReason why this is a restart; null if it is the first life
     */
    Incarnation(
            SupervisedExtension owner,
            Settings settings,
            Monitor monitor,
            Source source,
            @Nullable String restartReason,
            long startedAt) {
        this.owner = owner;
        this.settings = settings;
        this.monitor = monitor;
        this.source = source;
        this.restartReason = restartReason;
        this.startedAt = startedAt;
        this.open = new OpenDeliveries(settings.maxInFlight());
        this.pause = Nanos.of(settings.pause());
        this.timeToStop = Nanos.of(settings.teardownDeadline());
    }

    String name() {
        return owner.name();
    }

    boolean isRestart() {
        return restartReason != null;
    }

    // From setup to teardown.

    @Override
    public void run() {
        Throwable failure = null;
        try {
            thread = Thread.currentThread();
            live();
        } catch (Throwable ours) {
            failure = ours;
        }
        end(failure);
    }

    /** Ends a life that did not get a thread. */
    void breakOff(Throwable thrown) {
        Throwable failure = null;
        try {
            owner.setupEnded(this, thrown);
            owner.stopped(this, thrown);
        } catch (Throwable ours) {
            failure = ours;
        }
        end(failure);
    }

    /**
     * Ends what a life that broke off has left open. Does nothing twice. Tries again where memory is short, for which the
     * handler calls nothing: the first call of a method, too, may need memory.
     *
     * @param failure why it broke off; null if it did not
     */
    private void end(@Nullable Throwable failure) {
        boolean again = false;
        while (stage != Stage.ENDED) {
            try {
                if (again) {
                    LockSupport.parkNanos(this, pause);
                }
                again = true;
                leaveLoop();
                rescue();
                owner.ended(this);
                complain(failure);
            } catch (Throwable ours) {
                failure = failure == null ? ours : failure;
            }
        }
    }

    private void live() {
        extension = source.next();
        owner.begins(restartReason);
        Throwable failure = setUp();
        // A teardown that came before the end of setup, since setup hung, has missed what setup opened after it.
        tornDown.set(false);
        owner.changed(this);
        owner.setupEnded(this, failure);
        Throwable letThrough = null;
        while (!told) {
            letThrough = turn(letThrough);
        }
        leaveLoop();
        finalizeOpen(toldAt + share(1, 2));
        monitor.awaitUninterrupted(owner::areDependentsDown, toldAt + share(3, 4));
        interruptibly(this::tearDown);
        owner.stopped(this, failure);
    }

    private @Nullable Throwable setUp() {
        try {
            extension.setup(settings.env().apply(name()));
            return null;
        } catch (Throwable thrown) {
            return thrown;
        }
    }

    /**
     * Polls once. The loop goes on whatever is thrown, in want of memory for example, and the handler therefore calls nothing.
     *
     * @param letThrough what the last turn has thrown, or null
     * @return what this one has thrown, or null
     */
    private @Nullable Throwable turn(@Nullable Throwable letThrough) {
        try {
            if (letThrough != null) {
                note("poll of {} threw what the guard lets through", letThrough);
                rest();
            }
            OpenDelivery delivery = spare == null ? new OpenDelivery(this) : spare;
            spare = delivery;
            long ticket = open.ticket();
            StepEvent event = ticket == OpenDeliveries.NONE ? null : extension.poll();
            if (event == null) {
                if (ticket == OpenDeliveries.NONE) {
                    lookHowLongItWaits(open.issued());
                }
                rest();
            } else if (!isGone()) {
                spare = null;
                open.open(ticket, event.id());
                deliver(delivery.of(event, ticket));
            }
            return null;
        } catch (Throwable thrown) { // The policy says throw, or the type passes through.
            return thrown;
        }
    }

    /** Returns whether it hung and was torn down meanwhile, so that nothing could finalize an event any more. */
    private boolean isGone() {
        return told && tornDown.get();
    }

    /**
     * Has it logged that no event is polled, once that has lasted for long, since the extension looks well meanwhile.
     *
     * @param issued how many tickets were issued so far
     */
    void lookHowLongItWaits(long issued) {
        long now = monitor.now();
        if (issued != waitedAfter) {
            waitedAfter = issued;
            waitsSince = now;
        } else if (now - waitsSince >= LONG_WAIT) {
            waitsSince = now;
            owner.waits(settings.maxInFlight());
        }
    }

    /**
     * Pauses for the whole time. An extension may have interrupted the thread or unparked it in advance, which ends a
     * single park at once.
     */
    private void rest() {
        long begin = System.nanoTime();
        long length = owner.isQuarantined() ? Math.max(pause, QUARANTINE_PAUSE) : pause;
        long left = length;
        while (left > 0 && !told) {
            boolean unused = Thread.interrupted();
            LockSupport.parkNanos(this, left);
            left = length - (System.nanoTime() - begin);
        }
    }

    /**
     * Passes an event to the sink. An extension may have left the thread's interrupt flag set, which would mean something
     * to the host's own code.
     */
    private void deliver(OpenDelivery delivery) {
        try {
            if (!told) {
                boolean unused = Thread.interrupted();
            }
            settings.sink().accept(delivery);
        } catch (Throwable thrown) {
            owner.sinkFailed(thrown);
            delivery.done();
        }
    }

    /** Finalizes an event, if it is open. Frees its slot even where no stack is left to finalize it. */
    void done(OpenDelivery delivery) {
        long ticket = delivery.ticket();
        if (open.close(ticket)) {
            try {
                finalizeClosed(delivery.event().id());
                open.free(ticket);
            } catch (Throwable noRoom) { // No stack or memory, so no call of a method.
                open.slots[2 * ((int) ticket & open.slotMask)] = OpenDeliveries.NONE;
                throw noRoom;
            }
            if (told) {
                monitor.signal();
            }
        }
    }

    private void finalizeClosed(long event) {
        try {
            extension.finalizeStep(event);
        } catch (Throwable letThrough) {
            note("finalize of {} threw what the guard lets through", letThrough);
        }
    }

    private void leaveLoop() {
        shutOutInterrupts();
        monitor.run(() -> {
            tell(monitor.now());
            stage = Stage.STOPPING;
        });
    }

    /** Lets the thread be interrupted while it makes calls that may hang. */
    private void interruptibly(Runnable calls) {
        long unused = monitor.look(() -> inCall = true);
        try {
            calls.run();
        } finally {
            shutOutInterrupts();
        }
    }

    /** Lets no interrupt arrive from now on, and forgets those that did. */
    private void shutOutInterrupts() {
        boolean unused = Thread.interrupted();
        long unusedCount = monitor.look(() -> inCall = false);
        try {
            unused = monitor.await(() -> !interrupting, monitor.now() + INTERRUPT_PATIENCE);
        } catch (InterruptedException arrived) {
            // It is made, and what else it runs is not waited for.
        }
        unused = Thread.interrupted();
    }

    /** Waits for the open events until a deadline, and finalizes what is still open then. */
    private void finalizeOpen(long deadline) {
        monitor.awaitUninterrupted(open::isEmpty, deadline);
        interruptibly(() -> open.closeAll(this::finalizeClosed));
    }

    private void tearDown() {
        TeardownContext context = new TeardownContext(Instant.now().plusNanos(left(monitor.now())));
        if (tornDown.compareAndSet(false, true)) {
            try {
                extension.teardown(context);
            } catch (Throwable letThrough) {
                note("teardown of {} threw what the guard lets through", letThrough);
            }
            owner.changed(this);
        }
    }

    // What the keeper does about it.

    /** Ends the loop after its current poll. Called under the monitor. */
    void tell(long now) {
        if (!told) {
            toldAt = now;
            told = true;
            LockSupport.unpark(thread);
        }
    }

    boolean isTold() {
        return told;
    }

    /** Returns whether the thread has not come back from setup or poll. Called under the monitor. */
    boolean isInside() {
        return stage == Stage.STARTING || stage == Stage.UP;
    }

    /** Returns whether the thread has not come back from any call. Called under the monitor. */
    boolean isInCall() {
        return inCall;
    }

    boolean isTornDown() {
        return tornDown.get();
    }

    /**
     * Returns how much of the time to stop is left, in nanoseconds. Called under the monitor, or on the thread of this
     * life.
     */
    long left(long now) {
        return Math.max(0, timeToStop - (now - toldAt));
    }

    /** Returns a share of the time to stop, in nanoseconds. */
    long share(int part, int of) {
        return timeToStop / of * part;
    }

    boolean runsOn(Thread other) {
        return thread == other || rescuer == other;
    }

    /** Interrupts a call that does not return. May run foreign code: that of what the thread is blocked in. */
    void interrupt() {
        Thread running = thread;
        if (running != null && monitor.test(this::beginInterrupt)) {
            try {
                running.interrupt();
            } finally {
                monitor.run(() -> interrupting = false);
            }
        }
    }

    private boolean beginInterrupt() {
        interrupting = inCall;
        return interrupting;
    }

    /** Ends from another thread what can be ended there, since the thread of this life hangs. */
    void rescue() {
        rescuer = Thread.currentThread();
        open.closeAll(this::finalizeClosed);
        tearDown();
        rescuer = null;
    }

    // If the log fails, its failure cannot be logged. The loop goes on.

    private void note(String what, Throwable letThrough) {
        try {
            logger.debug(what, name(), letThrough);
        } catch (Throwable ignored) {
            // There is nothing to log it with.
        }
    }

    private void complain(@Nullable Throwable ours) {
        if (ours != null) {
            try {
                logger.error("extension loop broke off: {}", name(), ours);
            } catch (Throwable ignored) {
                // See above.
            }
        }
    }
}
