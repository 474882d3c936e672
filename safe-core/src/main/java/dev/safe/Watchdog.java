package dev.safe;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one daemon thread of a guard: notices calls that outlast their budget, and comes back to boundaries that wait for
 * something to be over. Started when it is first needed, and runs until closed. Thread-safe.
 */
final class Watchdog {

    static final long LONGEST_NAP = 100_000_000;
    private static final long SHORTEST_NAP = 1_000_000;
    private static final int NAPS_PER_BUDGET = 8;

    private final Ticker ticker;
    private final boolean exact;
    private final Queue<Passage> outermost = new ConcurrentLinkedQueue<>();
    private final Queue<Boundary> waiting = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Passage> outermostOfThread = ThreadLocal.withInitial(this::newPassage);

    private volatile long nap = LONGEST_NAP;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    /** @param exact whether the ticker is driven by hand, so that it has to be read whenever it matters */
    Watchdog(Ticker ticker, boolean exact) {
        this.ticker = ticker;
        this.exact = exact;
    }

    /** The outermost passage of each thread. */
    ThreadLocal<Passage> passages() {
        return outermostOfThread;
    }

    /** Whether the time has to be read whenever it matters. */
    boolean isExact() {
        return exact;
    }

    private Passage newPassage() {
        Passage passage = new Passage(Thread.currentThread());
        if (!closed) {
            sweep();
            outermost.add(passage);
        }
        return passage;
    }

    /** Forgets a thread or two that are no more, for each that is new: there may be no watchdog to do so. */
    private void sweep() {
        for (int i = 0; i < 2; i++) {
            Passage oldest = outermost.poll();
            if (oldest != null && oldest.thread() != null) {
                outermost.add(oldest);
            }
        }
    }

    /** Watches calls with this budget from now on. */
    void watch(long limitNanos) {
        long wanted = Math.max(SHORTEST_NAP, Math.min(LONGEST_NAP, limitNanos / NAPS_PER_BUDGET));
        synchronized (this) {
            nap = Math.min(nap, wanted);
        }
        start();
    }

    /** Comes back to the boundary soon, and again for as long as it asks for that. */
    void comeBackTo(Boundary boundary) {
        waiting.add(boundary);
        start();
    }

    private synchronized void start() {
        if (thread == null && !closed) {
            try {
                Thread started = DaemonThread.of("safe-watchdog", this::run);
                started.start();
                thread = started;
            } catch (Throwable ours) {
                Listeners.complain("the watchdog could not be started", ours);
            }
        }
    }

    void close() {
        closed = true;
        outermost.clear();
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!closed) {
                LockSupport.parkNanos(this, nap);
                Thread.interrupted(); // Whoever did that: it must not keep us awake.
                look();
            }
        } finally {
            for (Boundary boundary = waiting.poll(); boundary != null; boundary = waiting.poll()) {
                boundary.giveUpOn();
            }
        }
    }

    /** One look at everything. */
    void look() {
        try {
            comeBack();
            lookAtCalls(ticker.read());
        } catch (Throwable ours) {
            Listeners.complain("the watchdog failed", ours);
        }
    }

    /** Each boundary once: those that want to be seen again are at the end of the queue. */
    private void comeBack() {
        for (int left = waiting.size(); left > 0; left--) {
            Boundary boundary = waiting.poll();
            if (boundary == null) {
                return;
            }
            try {
                boundary.look(ticker.read());
            } catch (Throwable ours) {
                boundary.giveUpOn();
                Listeners.complain("the watchdog failed", ours);
            }
        }
    }

    private void lookAtCalls(long now) {
        for (Iterator<Passage> i = outermost.iterator(); i.hasNext(); ) {
            Passage first = i.next();
            Thread thread = first.thread();
            if (thread == null) {
                i.remove();
            } else {
                for (Passage passage = first; passage != null; passage = passage.inner()) {
                    look(passage, thread, now);
                }
            }
        }
    }

    private static void look(Passage passage, Thread thread, long now) {
        long call = passage.running();
        Boundary boundary = passage.boundary();
        if (call >= 0 && boundary != null) {
            long limit = boundary.limitNanos();
            long since = boundary.isStamped() ? passage.start() : passage.firstSeen(call, now);
            if (limit > 0 && now - since > limit) {
                boundary.overrun(passage, call, thread);
            }
        }
    }
}
