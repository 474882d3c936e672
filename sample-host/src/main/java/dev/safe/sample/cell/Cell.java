package dev.safe.sample.cell;

import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import run.endive.runtime.Instance;

/**
 * An isolated guest with its own queue and step loop. A step that traps or runs away costs the cell its instance, not the
 * host anything: it is instantiated anew, until that happens too often. Thread-safe.
 */
public final class Cell {

    private static final Logger logger = LoggerFactory.getLogger(Cell.class);
    private static final int MAX_RESTARTS = 5;
    private static final long RESTART_WINDOW = Duration.ofSeconds(30).toNanos();

    private final String name;
    private final String moduleName;
    private final HostImports imports;
    private final StepDeadline deadline;
    private final BlockingQueue<Delivery> queue;
    private final Deque<Long> restartTimes = new ArrayDeque<>();

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
            Outlets outlets) {
        this.name = name;
        this.moduleName = moduleName;
        this.deadline = deadline;
        this.queue = new ArrayBlockingQueue<>(queueCapacity);
        this.imports = new HostImports(guard, name, outlets, () -> current, replies::incrementAndGet);
    }

    /** Instantiates the module and starts the step loop. A module that does not start is a failed cell, not an error. */
    public synchronized void start() {
        if (state == CellState.RUNNING) {
            return;
        }
        try {
            Instance instance = CellModule.load(moduleName).instantiate(imports.values());
            state = CellState.RUNNING;
            Thread started = new Thread(() -> run(instance), "cell-" + name);
            loop = started;
            started.start();
        } catch (Exception | StackOverflowError thrown) {
            fail("did not start: " + thrown);
        }
    }

    /** Marks the cell as failed, and gives back what it was still to do. */
    public synchronized void fail(String reason) {
        logger.warn("Cell {} has failed: {}", name, reason);
        failure = reason;
        state = CellState.FAILED;
        finishQueued();
    }

    /** Gives the cell an event. If its queue is full or it takes none, the event is done at once. */
    public void offer(Delivery delivery) {
        events.incrementAndGet();
        boolean taken = state == CellState.RUNNING && queue.offer(delivery);
        if (!taken) {
            dropped.incrementAndGet();
            delivery.done().run();
        } else if (state != CellState.RUNNING) {
            finishQueued(); // It failed in between.
        }
    }

    /** Ends the step loop, and gives back what was still to do. */
    public void stop(Duration patience) throws InterruptedException {
        synchronized (this) {
            if (state == CellState.RUNNING) {
                state = CellState.STOPPED;
            }
        }
        Thread running = loop;
        if (running != null) {
            running.interrupt();
            running.join(patience.toMillis());
        }
        finishQueued();
    }

    private void finishQueued() {
        for (Delivery delivery = queue.poll(); delivery != null; delivery = queue.poll()) {
            delivery.done().run();
        }
    }

    private void run(Instance first) {
        @Nullable Instance instance = first;
        while (state == CellState.RUNNING && instance != null) {
            Delivery delivery;
            try {
                delivery = queue.take();
            } catch (InterruptedException stopping) {
                break;
            }
            instance = step(instance, delivery);
        }
    }

    /** Makes a step; returns the instance for the next one, or null if there is to be none. */
    private @Nullable Instance step(Instance instance, Delivery delivery) {
        current = delivery.event();
        try {
            long step = deadline.begin();
            try {
                tell(instance, delivery.event());
            } finally {
                deadline.end(step);
            }
            steps.incrementAndGet();
            return instance;
        } catch (Exception | StackOverflowError thrown) {
            return state == CellState.RUNNING ? restarted(thrown) : null;
        } finally {
            current = null;
            delivery.done().run();
        }
    }

    private static void tell(Instance instance, StepEvent event) {
        byte[] payload = event.payload();
        int capacity = (int) instance.export("capacity").apply()[0];
        if (payload.length > capacity) {
            throw new IllegalArgumentException(
                    "an event of %d bytes does not fit into %d".formatted(payload.length, capacity));
        }
        instance.memory().write((int) instance.export("buffer").apply()[0], payload);
        instance.export("step").apply(EventKind.of(event.kind()).code(), payload.length);
    }

    private @Nullable Instance restarted(Throwable thrown) {
        failure = thrown.toString();
        long now = System.nanoTime();
        while (!restartTimes.isEmpty() && now - restartTimes.getFirst() > RESTART_WINDOW) {
            restartTimes.removeFirst();
        }
        if (restartTimes.size() >= MAX_RESTARTS) {
            fail("trapped more than %d times in 30 s, last: %s".formatted(MAX_RESTARTS, thrown));
            return null;
        }
        restartTimes.addLast(now);
        restarts.incrementAndGet();
        logger.warn("Cell {} is instantiated anew: {}", name, failure);
        try {
            return CellModule.load(moduleName).instantiate(imports.values());
        } catch (Exception | StackOverflowError failed) {
            fail("did not start: " + failed);
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
