package dev.safe.supervisor;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.internal.time.Nanos;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of an extension, on a thread of its own: setup, polls until it is told to stop, the end of its open events, and
 * teardown. The next life is another object on another thread, so that one that hangs can be left behind.
 *
 * <p>The thread goes straight through the {@linkplain Stage stages}. The {@link Keeper} tells it to stop, and decides what
 * becomes of one that does not.
 */
final class Incarnation implements Runnable {

    /** How far a life has come. */
    enum Stage {

        /** Setup has not returned. */
        STARTING,

        /** The loop polls. Dependents may start. */
        UP,

        /** Setup failed, or the loop was left: events are finalized, dependents go down, then teardown. */
        STOPPING,

        /** The thread has nothing more to do. */
        ENDED
    }

    private static final Logger logger = LoggerFactory.getLogger(ExtensionSupervisor.class);

    /** How long a loop rests in quarantine: calls are rejected, so that polling faster only counts rejections. */
    private static final long QUARANTINE_PAUSE = 50_000_000;

    private final SupervisedExtension owner;
    private final Settings settings;
    private final Monitor monitor;
    private final ExtensionCapability extension;
    private final OpenDeliveries open;
    private final long pause;
    private final long timeToStop;
    private final AtomicBoolean tornDown = new AtomicBoolean();

    /** Guards interrupts, so that none lands after the loop was left. */
    private final Object interrupts = new Object();

    private boolean left;

    // Guarded by the monitor.
    Stage stage = Stage.STARTING;
    long startedAt;
    long toldAt;
    boolean interrupted;
    boolean rescued;

    private volatile boolean told;
    private volatile @Nullable Thread thread;

    /**
     * @param extension the instance, guarded
     */
    Incarnation(SupervisedExtension owner, Settings settings, Monitor monitor, ExtensionCapability extension) {
        this.owner = owner;
        this.settings = settings;
        this.monitor = monitor;
        this.extension = extension;
        this.open = new OpenDeliveries(settings.maxInFlight());
        this.pause = Nanos.of(settings.pause());
        this.timeToStop = Nanos.of(settings.teardownDeadline());
    }

    String name() {
        return owner.name();
    }

    // The way of a life.

    @Override
    public void run() {
        try {
            thread = Thread.currentThread();
            live();
        } catch (Throwable ours) {
            quietly(() -> logger.error("extension loop failed: {}", name(), ours));
        } finally {
            owner.ended(this);
        }
    }

    private void live() {
        owner.reportRestart();
        Throwable failure = setUp();
        owner.setupEnded(this, failure);
        if (failure == null) {
            poll();
        }
        leaveLoop();
        finalizeOpen(toldAt + share(1, 2));
        monitor.awaitUninterrupted(owner::areDependentsDown, toldAt + share(3, 4));
        tearDown();
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

    private void poll() {
        while (!told) {
            int slot = open.freeSlot();
            StepEvent event = slot == OpenDeliveries.NONE ? null : next();
            if (event == null) {
                rest();
            } else {
                deliver(new OpenDelivery(this, event, slot));
            }
        }
    }

    private @Nullable StepEvent next() {
        try {
            return extension.poll();
        } catch (Throwable letThrough) { // The policy says throw, or the type passes through, or memory is short.
            quietly(() -> logger.debug("poll of {} threw what the guard lets through", name(), letThrough));
            return null;
        }
    }

    /** Rests until the time is over, also if an extension has interrupted the thread or left it a permit, which wakes it at once. */
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

    private void deliver(OpenDelivery delivery) {
        open.open(delivery);
        try {
            settings.sink().accept(delivery);
        } catch (Throwable thrown) {
            quietly(() -> owner.sinkFailed(thrown));
            delivery.done();
        }
    }

    /** Finalizes an event, if it is open. */
    void done(OpenDelivery delivery) {
        if (open.close(delivery)) {
            try {
                extension.finalizeStep(delivery.event().id());
            } catch (Throwable letThrough) {
                quietly(() -> logger.debug("finalize of {} threw what the guard lets through", name(), letThrough));
            }
            if (told) {
                monitor.signal();
            }
        }
    }

    private void leaveLoop() {
        synchronized (interrupts) {
            left = true;
            boolean unused = Thread.interrupted();
        }
        monitor.run(() -> {
            tell(monitor.now());
            stage = Stage.STOPPING;
        });
    }

    /** Waits for the open events until a deadline, and finalizes what is still open then. */
    private void finalizeOpen(long deadline) {
        monitor.awaitUninterrupted(open::isEmpty, deadline);
        open.forEach(this::done);
    }

    private void tearDown() {
        if (tornDown.compareAndSet(false, true)) {
            try {
                extension.teardown(new TeardownContext(Instant.now().plusNanos(left(monitor.now()))));
            } catch (Throwable letThrough) {
                quietly(() -> logger.debug("teardown of {} threw what the guard lets through", name(), letThrough));
            }
        }
    }

    // What the keeper does about it.

    /** Has the loop end. Under the monitor. */
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

    /** Returns whether the thread has not come back from setup or poll. Under the monitor. */
    boolean isInside() {
        return stage == Stage.STARTING || stage == Stage.UP;
    }

    /** Returns how much of the time to stop is left, in nanoseconds. Under the monitor, or on the own thread. */
    long left(long now) {
        return Math.max(0, timeToStop - (now - toldAt));
    }

    /** Returns a share of the time to stop, in nanoseconds. */
    long share(int part, int of) {
        return timeToStop / of * part;
    }

    boolean runsOn(Thread other) {
        return thread == other;
    }

    /** Interrupts a setup or a poll that does not return. */
    void interrupt() {
        synchronized (interrupts) {
            Thread running = thread;
            if (!left && running != null) {
                running.interrupt();
            }
        }
    }

    /** Ends what can be ended from another thread, since the own one hangs. */
    void rescue() {
        open.forEach(this::done);
        tearDown();
    }

    private static void quietly(Runnable log) {
        try {
            log.run();
        } catch (Throwable ignored) {
            // Where the log fails there is nothing to say it with, and the loop goes on.
        }
    }
}
