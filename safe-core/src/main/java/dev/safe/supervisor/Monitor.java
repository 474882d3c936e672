package dev.safe.supervisor;

import dev.safe.Ticker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The one lock of a supervisor. It guards the state of all its extensions, and threads wait for that to change. No
 * foreign code runs under it.
 *
 * <p>The lock is a Java monitor, since the JVM leaves one whatever happens under it. A lock of {@code java.util} stays
 * held where the stack ends within {@code lock()}, and a host function is called there if an extension recurses.
 * Threads wait without it, though, because before JDK 24 a virtual thread that waits in a monitor pins its carrier.
 */
final class Monitor {

    /**
     * How long a thread sleeps at most before it looks again. Where the stack ends, something may be changed and those who
     * wait for it not be woken. A manual ticker may be advanced without a signal.
     */
    private static final long LONGEST_NAP = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;
    private final boolean manual;
    private final long longestNap;
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /** How often something has changed, for a thread that must not miss a change while it does something else. */
    private long changes;

    Monitor(Ticker ticker, boolean manual) {
        this(ticker, manual, LONGEST_NAP);
    }

    Monitor(Ticker ticker, boolean manual, long longestNap) {
        this.ticker = ticker;
        this.manual = manual;
        this.longestNap = longestNap;
    }

    long now() {
        return ticker.read();
    }

    void run(Runnable change) {
        boolean unused = update(() -> {
            change.run();
            return true;
        });
    }

    /** Changes what is guarded, and wakes the threads that wait. Returns what the change returns. */
    boolean update(BooleanSupplier change) {
        boolean result;
        synchronized (this) {
            changes++; // Before the change, of which a part may be made where the stack ends.
            result = change.getAsBoolean();
        }
        wake();
        return result;
    }

    /**
     * Reads what is guarded, and may change it without waking anyone. Returns how often something has changed so far.
     */
    synchronized long look(Runnable reading) {
        reading.run();
        return changes;
    }

    synchronized boolean test(BooleanSupplier condition) {
        return condition.getAsBoolean();
    }

    /** Wakes the threads that wait, since something has changed or time has passed. */
    void signal() {
        run(() -> {});
    }

    /** Wakes each thread that waits by now. One that goes on waiting enters itself again. */
    private void wake() {
        for (int left = waiting.size(); left > 0; left--) {
            LockSupport.unpark(waiting.poll());
        }
    }

    /** Waits until something has changed since {@code since}, or a time has passed. */
    void awaitChange(long since, long nanos) {
        boolean unused = awaitUninterrupted(() -> changes != since, now() + nanos);
    }

    /**
     * Waits until a condition holds.
     *
     * @param deadline when to give up
     * @return whether it holds
     */
    boolean await(BooleanSupplier condition, long deadline) throws InterruptedException {
        Thread current = Thread.currentThread();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            waiting.add(current); // Before it looks, so that whoever changes something after that wakes it.
            try {
                if (test(condition)) {
                    return true;
                }
                long left = deadline - now();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, manual ? longestNap : Math.min(left, longestNap));
            } finally {
                boolean unused = waiting.remove(current);
            }
        }
    }

    /**
     * Waits as {@link #await} does, but is not interruptible: the thread is ours, and only an extension would interrupt
     * it.
     */
    boolean awaitUninterrupted(BooleanSupplier condition, long deadline) {
        while (true) {
            try {
                return await(condition, deadline);
            } catch (InterruptedException ofAnExtension) {
                // The flag is clear now, and the condition is looked at again.
            }
        }
    }
}
