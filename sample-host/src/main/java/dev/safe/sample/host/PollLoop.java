package dev.safe.sample.host;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionPanicException;
import dev.safe.StepEvent;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Polls one extension and gives its events to the cells it feeds. A loop of its own for each extension: one that hangs
 * stalls nothing but itself. It knows the extension only as {@link ExtensionCapability}, and need not mind what it throws.
 */
final class PollLoop {

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

    void stop(Duration patience) throws InterruptedException {
        running = false;
        thread.interrupt();
        thread.join(patience.toMillis());
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
            } catch (ExtensionPanicException reported) {
                LockSupport.parkNanos(PAUSE); // The policy says throw. It has been counted and logged.
            }
        }
    }

    private void route(StepEvent event) {
        List<Cell> receivers = cells.stream()
                .filter(cell -> event.cellId() == null || event.cellId().equals(cell.name()))
                .toList();
        if (receivers.isEmpty()) {
            extension.finalizeStep(event.id());
            return;
        }
        AtomicInteger busy = new AtomicInteger(receivers.size());
        Runnable done = () -> {
            if (busy.decrementAndGet() == 0) {
                extension.finalizeStep(event.id());
            }
        };
        receivers.forEach(cell -> cell.offer(new Delivery(event, done)));
    }
}
