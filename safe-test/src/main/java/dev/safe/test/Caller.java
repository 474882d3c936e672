package dev.safe.test;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a host that calls an extension, and is abandoned if the call does not return. Threads that the extension
 * starts are in its group.
 */
final class Caller implements AutoCloseable {

    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final ExecutorService executor;

    Caller(ThreadGroup group) {
        executor = Executors.newSingleThreadExecutor(task -> {
            Thread made = new Thread(group, task, "caller of " + group.getName());
            made.setDaemon(true);
            thread.set(made);
            return made;
        });
    }

    /** Makes a call and waits for its end. Interrupts it if it takes longer than the limit. */
    Outcome call(String what, Duration limit, Callable<?> call) {
        return call(what, limit, false, call);
    }

    /** Makes a call with the thread's interrupt flag set. */
    Outcome callInterrupted(String what, Duration limit, Callable<?> call) {
        return call(what + " on an interrupted thread", limit, true, call);
    }

    private Outcome call(String what, Duration limit, boolean interrupt, Callable<?> call) {
        Future<Outcome> ending = executor.submit(() -> made(what, interrupt, call));
        try {
            return ending.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException hanging) {
            String stuckAt = stuckAt();
            ending.cancel(true);
            return new Outcome(what, null, null, stuckAt, limit, false);
        } catch (InterruptedException ours) {
            ending.cancel(true);
            throw Sneaky.<RuntimeException>unchecked(ours);
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private static Outcome made(String what, boolean interrupt, Callable<?> call) {
        Object value = null;
        Throwable thrown = null;
        long start = System.nanoTime();
        try {
            if (interrupt) {
                Thread.currentThread().interrupt();
            }
            value = call.call();
        } catch (Throwable any) {
            thrown = any;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Outcome(what, value, thrown, null, took, Thread.interrupted());
    }

    private String stuckAt() {
        Thread stuck = thread.get();
        return Outcome.place(stuck == null ? new StackTraceElement[0] : stuck.getStackTrace());
    }

    /** Returns the thread, once it has made a call. */
    @Nullable Thread thread() {
        return thread.get();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
