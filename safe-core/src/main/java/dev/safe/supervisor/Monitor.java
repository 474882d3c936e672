package dev.safe.supervisor;

import dev.safe.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The one lock of a supervisor. It guards the state of all its extensions, and threads wait on it for that to change.
 * No foreign code runs under it. A lock rather than a Java monitor, because before JDK 24 a virtual thread that waits
 * in a monitor pins its carrier.
 */
final class Monitor {

    /**
     * How long a wait lasts at most with a manual ticker. The test signals when it has advanced time, so this is only a
     * safety net.
     */
    private static final long MANUAL_NAP = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Ticker ticker;
    private final boolean manual;

    /** How often something has changed, for a thread that must not miss a change while it does something else. */
    private long changes;

    Monitor(Ticker ticker, boolean manual) {
        this.ticker = ticker;
        this.manual = manual;
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
        lock.lock();
        try {
            boolean result = change.getAsBoolean();
            changes++;
            changed.signalAll();
            return result;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads what is guarded, and may change it without waking anyone. Returns how often something has changed so far.
     */
    long look(Runnable reading) {
        lock.lock();
        try {
            reading.run();
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something has changed since {@code since}, or a time has passed. */
    void awaitChange(long since, long nanos) {
        boolean unused = awaitUninterrupted(() -> changes != since, now() + nanos);
    }

    boolean test(BooleanSupplier condition) {
        lock.lock();
        try {
            return condition.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the threads that wait, since something has changed or time has passed. */
    void signal() {
        run(() -> {});
    }

    /**
     * Waits until a condition holds.
     *
     * @param deadline when to give up
     * @return whether it holds
     */
    boolean await(BooleanSupplier condition, long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                long left = deadline - now();
                if (left <= 0) {
                    return false;
                }
                long unused = changed.awaitNanos(manual ? MANUAL_NAP : left);
            }
            return true;
        } finally {
            lock.unlock();
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
