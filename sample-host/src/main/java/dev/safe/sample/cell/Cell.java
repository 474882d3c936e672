package dev.safe.sample.cell;

import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import dev.safe.supervisor.Delivery;
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
 * Runs an isolated guest with its own queue and step loop. A step that traps or runs away costs the cell its instance,
 * and costs the host nothing. The cell then makes a new instance, until that happens too often. Thread-safe.
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

    /** Creates a cell that has not started. */
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
     * Instantiates the module and starts the step loop, unless it runs. If the module does not start, the cell fails
     * and nothing is thrown.
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

    /** Marks the cell as failed, and drops the events in its queue. */
    private synchronized void fail(String reason) {
        logger.warn("Cell {} has failed: {}", name, reason);
        failure = reason;
        state = CellState.FAILED;
        dropQueued();
    }

    /** Stops taking events, and drops those in the queue. Lets a step in progress finish. */
    public synchronized void stop() {
        if (state == CellState.RUNNING) {
            state = CellState.STOPPED;
        }
        dropQueued();
    }

    /** Waits for the step loop to end after the cell was stopped or has failed. */
    public void join(Duration patience) throws InterruptedException {
        Thread ending = loop;
        if (ending != null) {
            ending.join(patience.toMillis());
        }
    }

    /** Offers the cell an event. If the cell does not run or its queue is full, the event is done at once. */
    public void offer(Delivery delivery) {
        events.incrementAndGet();
        boolean taken = state == CellState.RUNNING && queue.offer(delivery);
        if (!taken) {
            dropped.incrementAndGet();
            delivery.done();
        } else if (state != CellState.RUNNING) {
            dropQueued(); // The cell ended in between.
        }
    }

    private void dropQueued() {
        for (Delivery delivery = queue.poll(); delivery != null; delivery = queue.poll()) {
            dropped.incrementAndGet();
            delivery.done();
        }
    }

    /**
     * Runs until the cell ends. Nothing interrupts the loop to end it, since that might hit an extension at work
     * instead of the wait.
     */
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

    /** Makes a step. Returns the guest for the next one, or null to end the loop. */
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
        } catch (Throwable thrown) { // Ends this guest, whatever was thrown, and nothing else.
            return restart(thrown);
        } finally {
            current = null;
            delivery.done();
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
            return deadline.start(() -> Guest.of(loaded, imports.values()));
        } catch (Throwable thrown) {
            fail("did not start: " + thrown);
            return null;
        }
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the state. */
    public CellState state() {
        return state;
    }

    /** Returns the state and the counts. */
    public CellSnapshot snapshot() {
        return new CellSnapshot(
                state, steps.get(), events.get(), replies.get(), dropped.get(), restarts.get(), failure);
    }
}
