package dev.safe;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one daemon thread of a guard: notices calls that outlast their budget, and tells of silenced panics once their
 * interval has ended. Started with the first budget or silenced panic, and runs until closed. Thread-safe.
 */
final class Watchdog {

    private static final long LONGEST_NAP = 100_000_000;
    private static final long SHORTEST_NAP = 1_000_000;
    private static final int NAPS_PER_BUDGET = 8;

    private final Ticker ticker;
    private final boolean exact;
    private final Runnable tellSilenced;
    private final Queue<CallStack> stacks = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<CallStack> stackOfThread = ThreadLocal.withInitial(this::newStack);

    private volatile long nap = LONGEST_NAP;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    /** @param tellSilenced tells of panics that were silenced in intervals that have ended */
    Watchdog(Ticker ticker, boolean exact, Runnable tellSilenced) {
        this.ticker = ticker;
        this.exact = exact;
        this.tellSilenced = tellSilenced;
    }

    CallStack callStack() {
        return stackOfThread.get();
    }

    /** Whether every watched call has to read the ticker: one that is driven by hand is not read often enough otherwise. */
    boolean isExact() {
        return exact;
    }

    private CallStack newStack() {
        CallStack stack = new CallStack(Thread.currentThread());
        stacks.add(stack);
        return stack;
    }

    /** Watches calls with this budget from now on. */
    void watch(long limitNanos) {
        long wanted = Math.max(SHORTEST_NAP, Math.min(LONGEST_NAP, limitNanos / NAPS_PER_BUDGET));
        synchronized (this) {
            nap = Math.min(nap, wanted);
        }
        start();
    }

    /** Makes sure that somebody will look after silenced panics. */
    void start() {
        if (thread == null && !closed) {
            startThread();
        }
    }

    private synchronized void startThread() {
        if (thread == null && !closed) {
            Thread started = new Thread(this::run, "safe-watchdog");
            started.setDaemon(true);
            started.setContextClassLoader(Watchdog.class.getClassLoader());
            thread = started;
            started.start();
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, nap);
            try {
                look();
            } catch (Throwable ours) {
                Listeners.complain("the watchdog failed", ours);
            }
        }
    }

    /** One look at everything. */
    void look() {
        tellSilenced.run();
        long now = ticker.read();
        for (Iterator<CallStack> i = stacks.iterator(); i.hasNext(); ) {
            CallStack stack = i.next();
            Thread owner = stack.thread();
            if (owner == null) {
                i.remove();
            } else {
                for (Passage passage : stack.passages()) {
                    look(passage, owner, now);
                }
            }
        }
    }

    private static void look(Passage passage, Thread owner, long now) {
        long call = passage.running();
        Boundary boundary = passage.boundary();
        if (call >= 0 && boundary != null) {
            long limit = boundary.limitNanos();
            if (limit > 0 && now - passage.runningSince(call, now) > limit) {
                boundary.overrun(passage, call, owner);
            }
        }
    }
}
