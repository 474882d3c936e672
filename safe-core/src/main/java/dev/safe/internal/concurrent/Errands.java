package dev.safe.internal.concurrent;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs short tasks that may hang, since they run foreign code, on a bounded number of daemon threads. If all threads
 * are busy, a task is turned away, since the caller must not wait for one that hangs. Threads end when idle.
 * Thread-safe.
 */
public final class Errands {

    private static final int MOST_THREADS = 8;
    private static final long LINGER_SECONDS = 1;

    private final ThreadPoolExecutor threads;

    /**
     * Creates the pool. It starts no thread.
     *
     * @param name the name of its threads
     */
    public Errands(String name) {
        threads = new ThreadPoolExecutor(
                0,
                MOST_THREADS,
                LINGER_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> DaemonThread.of(name, task));
    }

    /**
     * Runs a task soon, on another thread.
     *
     * @param task must not throw
     * @return false if it will not run
     */
    public boolean run(Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException busy) {
            return false;
        } catch (OutOfMemoryError noThread) {
            return false;
        }
    }
}
