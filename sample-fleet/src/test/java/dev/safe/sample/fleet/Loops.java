package dev.safe.sample.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Runs steps over and over, each on a thread of its own, with rests in which no step runs. Thread-safe. */
final class Loops implements AutoCloseable {

    /** How many failures are kept. A loop that fails once mostly fails again. */
    private static final int MOST_FAILURES = 20;

    /** Does something once. */
    interface Step {
        void run() throws Exception;
    }

    /** Held for reading by each step, and for writing during a rest. Fair, so that a rest comes. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock(true);

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** Starts a loop, with a pause between two steps. */
    void start(String name, Duration pause, Step step) {
        Thread thread = new Thread(
                () -> {
                    while (!closed) {
                        run(step);
                        LockSupport.parkNanos(pause.toNanos());
                    }
                },
                "soak-" + name);
        threads.add(thread);
        thread.start();
    }

    private void run(Step step) {
        lock.readLock().lock();
        try {
            if (!closed) {
                step.run();
            }
        } catch (Throwable failed) {
            if (failures.size() < MOST_FAILURES) {
                failures.add(failed);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Waits for the end of all steps, and lets none begin. To be ended by the same thread. */
    void rest() {
        lock.writeLock().lock();
    }

    void endRest() {
        lock.writeLock().unlock();
    }

    /** Returns what steps have thrown, the first ones. */
    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** Ends all loops after their current step. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
