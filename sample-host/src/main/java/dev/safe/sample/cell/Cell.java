package dev.safe.sample.cell;

import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An isolated guest with its own queue and step loop. A step that traps or runs away costs the cell its instance, not the
 * host anything: it is instantiated anew, until that happens too often. Thread-safe.
 */
public final class Cell {

    private static final Logger logger = LoggerFactory.getLogger(Cell.class);
    private static final int MAX_RESTARTS = 5;
    private static final Duration RESTART_WINDOW = Duration.ofSeconds(30);
    private static final long IDLE_MILLIS = 100;

    private final String name;
    private final Callable<CellModule> module;
    private final HostImports imports;
    private final StepDeadline deadline;
    private final BlockingQueue<Delivery> queue;
    private final RestartLimit limit = new RestartLimit(MAX_RESTARTS, RESTART_WINDOW, System::nanoTime);

    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong replies = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong restarts = new AtomicLong();

    private volatile CellState state = CellState.NEW;
    private volatile @Nullable String failure;
    private volatile @Nullable StepEvent current;
    private volatile @Nullable Thread loop;

    /** A cell that has not started. */
    public Cell(
            String name,
            String moduleName,
            int queueCapacity,
            StepDeadline deadline,
            ExtensionGuard guard,
            ExtensionCalls calls) {
        this(name, () -> CellModule.load(moduleName), queueCapacity, deadline, guard, calls);
    }

    Cell(
            String name,
            Callable<CellModule> module,
            int queueCapacity,
            StepDeadline deadline,
            ExtensionGuard guard,
            ExtensionCalls calls) {
        this.name = name;
        this.module = module;
        this.deadline = deadline;
        this.queue = new ArrayBlockingQueue<>(queueCapacity);
        this.imports = new HostImports(guard, name, calls, () -> current, replies::incrementAndGet);
    }

    /**
     * Instantiates the module and starts the step loop, unless it runs. A module that does not start is a failed cell, not an
     * error. A cell that has failed may be started again once its old loop {@linkplain #join has ended}.
     */
    public synchronized void start() {
        if (state == CellState.RUNNING) {
            return;
        }
        Guest guest = instantiate();
        if (guest != null) {
            failure = null;
            state = CellState.RUNNING;
            Thread started = new Thread(() -> run(guest), "cell-" + name);
            loop = started;
            started.start();
        }
    }

    /** Marks the cell as failed, and gives back what it was still to do. */
    public synchronized void fail(String reason) {
        logger.warn("Cell {} has failed: {}", name, reason);
        failure = reason;
        state = CellState.FAILED;
        dropQueued();
    }

    /** Takes no more events, and gives back what was still to do. A step that is being made goes on. */
    public synchronized void stop() {
        if (state == CellState.RUNNING) {
            state = CellState.STOPPED;
        }
        dropQueued();
    }

    /** Waits for the step loop to end, once it is stopped or has failed. */
    public void join(Duration patience) throws InterruptedException {
        Thread ending = loop;
        if (ending != null) {
            ending.join(patience.toMillis());
        }
    }

    /** Gives the cell an event. If its queue is full or it takes none, the event is done at once. */
    public void offer(Delivery delivery) {
        events.incrementAndGet();
        boolean taken = state == CellState.RUNNING && queue.offer(delivery);
        if (!taken) {
            dropped.incrementAndGet();
            delivery.done().run();
        } else if (state != CellState.RUNNING) {
            dropQueued(); // It ended in between.
        }
    }

    private void dropQueued() {
        for (Delivery delivery = queue.poll(); delivery != null; delivery = queue.poll()) {
            dropped.incrementAndGet();
            delivery.done().run();
        }
    }

    /** Ends without an interrupt: one might hit an extension at work, and not the wait it is meant for. */
    private void run(Guest first) {
        Guest guest = first;
        while (guest != null && state == CellState.RUNNING) {
            try {
                Delivery delivery = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
                guest = delivery == null ? guest : step(guest, delivery);
            } catch (InterruptedException stray) {
                logger.debug("Cell {} was interrupted while it waited", name, stray);
            }
        }
    }

    /** Makes a step; returns the guest for the next one, or null if there is to be none. */
    private @Nullable Guest step(Guest guest, Delivery delivery) {
        StepEvent event = delivery.event();
        try {
            if (!guest.accepts(event)) {
                dropped.incrementAndGet();
                return guest;
            }
            current = event;
            deadline.run(() -> guest.step(event));
            steps.incrementAndGet();
            return guest;
        } catch (Throwable thrown) { // Whatever it is, it is the end of this guest, and of nothing else.
            return restart(thrown);
        } finally {
            current = null;
            delivery.done().run();
        }
    }

    private @Nullable Guest restart(Throwable thrown) {
        failure = thrown.toString();
        if (state != CellState.RUNNING) {
            return null;
        }
        if (!limit.allowsOneMore()) {
            fail("trapped more than %d times in %d s, last: %s"
                    .formatted(MAX_RESTARTS, RESTART_WINDOW.toSeconds(), thrown));
            return null;
        }
        restarts.incrementAndGet();
        logger.warn("Cell {} is instantiated anew: {}", name, failure);
        return instantiate();
    }

    private @Nullable Guest instantiate() {
        try {
            CellModule loaded = module.call();
            return deadline.within(() -> Guest.of(loaded, imports.values()));
        } catch (Throwable thrown) {
            fail("did not start: " + thrown);
            return null;
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** How it is doing. */
    public CellState state() {
        return state;
    }

    /** How it is doing, in numbers. */
    public CellSnapshot snapshot() {
        return new CellSnapshot(
                state, steps.get(), events.get(), replies.get(), dropped.get(), restarts.get(), failure);
    }
}
