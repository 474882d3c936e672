package dev.safe.sample.cell;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Interrupts guests whose step takes too long, which ends an endless loop in the interpreter. One thread serves all
 * cells. Thread-safe.
 */
public final class StepDeadline implements AutoCloseable {

    private record Step(Thread thread, long start, long limit) {}

    private final long stepLimit;
    private final long startLimit;
    private final Map<Long, Step> running = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "step-deadline");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Creates a deadline.
     *
     * @param step how long a step may take
     * @param start how long a guest may take to start
     */
    public StepDeadline(Duration step, Duration start) {
        stepLimit = step.toNanos();
        startLimit = start.toNanos();
        long pause = Math.max(1, Math.min(step.toMillis(), start.toMillis()) / 8);
        var unused = clock.scheduleAtFixedRate(this::interruptOverdue, pause, pause, TimeUnit.MILLISECONDS);
    }

    /** Starts a guest on the calling thread, which is interrupted if that takes too long. */
    <T> T start(Supplier<T> work) {
        long number = begin(startLimit);
        try {
            return work.get();
        } finally {
            end(number);
        }
    }

    /** Runs a step in the same way. */
    void run(Runnable work) {
        long number = begin(stepLimit);
        try {
            work.run();
        } finally {
            end(number);
        }
    }

    private long begin(long limit) {
        long number = numbers.incrementAndGet();
        running.put(number, new Step(Thread.currentThread(), System.nanoTime(), limit));
        return number;
    }

    /** Ends the work. No interrupt lands afterwards, and one that has landed is cleared. */
    private void end(long number) {
        if (running.remove(number) == null) {
            synchronized (this) { // Wait until the interrupt that is on its way has landed.
                Thread.interrupted();
            }
        }
    }

    private synchronized void interruptOverdue() {
        long now = System.nanoTime();
        running.forEach((number, step) -> {
            if (now - step.start > step.limit && running.remove(number, step)) {
                step.thread.interrupt();
            }
        });
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
