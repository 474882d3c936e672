package dev.safe.sample.host;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls one extension and passes its events to the cells it feeds. Each extension has its own loop, so one that hangs
 * stalls only itself. The loop knows the extension only as {@link ExtensionCapability}, and handles what the guard lets
 * through.
 */
final class PollLoop {

    private static final Logger logger = LoggerFactory.getLogger(PollLoop.class);
    private static final long PAUSE = Duration.ofNanos(200_000).toNanos();

    private final ExtensionCapability extension;
    private final List<Cell> cells;
    private final Thread thread;
    private volatile boolean running = true;

    PollLoop(ExtensionCapability extension, String name, List<Cell> cells) {
        this.extension = extension;
        this.cells = cells;
        this.thread = new Thread(this::run, "poll-" + name);
    }

    void start() {
        thread.start();
    }

    /** Makes the loop end. {@link #join} waits for that. */
    void stop() {
        running = false;
    }

    /**
     * Waits for the loop to end, and interrupts it only in the second half of the wait. An interrupt may close what the
     * extension uses.
     */
    void join(Duration patience) throws InterruptedException {
        thread.join(patience.toMillis() / 2);
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(patience.toMillis() / 2);
        }
    }

    private void run() {
        while (running) {
            try {
                StepEvent event = extension.poll();
                if (event == null) {
                    LockSupport.parkNanos(PAUSE);
                } else {
                    route(event);
                }
            } catch (RuntimeException letThrough) { // The policy says throw, or the type passes through.
                logger.debug("An extension's poll threw what the guard lets through", letThrough);
                LockSupport.parkNanos(PAUSE);
            }
        }
    }

    private void route(StepEvent event) {
        List<Cell> receivers = cells.stream()
                .filter(cell -> event.cellId() == null || event.cellId().equals(cell.name()))
                .toList();
        if (receivers.isEmpty()) {
            finish(event);
            return;
        }
        AtomicInteger unfinished = new AtomicInteger(receivers.size());
        Runnable done = () -> {
            if (unfinished.decrementAndGet() == 0) {
                finish(event);
            }
        };
        receivers.forEach(cell -> cell.offer(new Delivery(event, done)));
    }

    /**
     * Finalizes an event on the thread of the last cell that is done with it. What the extension throws must not end
     * that cell's loop.
     */
    private void finish(StepEvent event) {
        try {
            extension.finalizeStep(event.id());
        } catch (RuntimeException letThrough) {
            logger.debug("An extension's finalizeStep threw what the guard lets through", letThrough);
        }
    }
}
