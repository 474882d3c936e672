package dev.safe;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A watched call in flight, from its admission to its end.
 *
 * <p>The thread that makes the call and the watchdog agree on its end by one word: a number that is new for each call, and
 * its state. Whoever swaps the word first decides. If the watchdog is about to interrupt, the call does not return before
 * that is done, so no interrupt lands after the call; if the call has ended, the watchdog's swap fails, also if the passage
 * is in use again.
 */
final class Passage extends AtomicLong {

    private static final long serialVersionUID = 1L;
    private static final int STATE_BITS = 3;
    private static final long STATE_MASK = (1 << STATE_BITS) - 1;

    private static final long IDLE = 0;
    private static final long RUNNING = 1;
    private static final long OVERDUE = 2;
    private static final long INTERRUPTING = 3;
    private static final long INTERRUPTED = 4;

    private final transient CallStack stack;
    private final int index;
    private transient volatile @Nullable Boundary boundary;
    private long probe;
    private volatile long start;
    private volatile boolean stamped;

    // The watchdog's own notes.
    private long seenCall = -1;
    private long seenAt;

    Passage(CallStack stack, int index) {
        this.stack = stack;
        this.index = index;
    }

    int index() {
        return index;
    }

    @Nullable Boundary boundary() {
        return boundary;
    }

    long probe() {
        return probe;
    }

    long start() {
        return start;
    }

    /** Begins a call whose start nobody needs to know exactly. */
    void begin(Boundary crossed, long probeToken) {
        boundary = crossed;
        probe = probeToken;
        stamped = false;
        setRelease(numbered(RUNNING));
    }

    /** Begins a call at a time read from the ticker. */
    void begin(Boundary crossed, long probeToken, long now) {
        boundary = crossed;
        probe = probeToken;
        start = now;
        stamped = true;
        setRelease(numbered(RUNNING));
    }

    /** How a call ended, as far as the watchdog is concerned. */
    enum End {

        /** It was not found overdue. */
        IN_TIME,

        /** It was found overdue. */
        OVERDUE,

        /** It was found overdue and interrupted, which its thread's flag does not tell any more. */
        INTERRUPTED
    }

    /** Ends the call. If the watchdog has interrupted it, the thread's interrupt flag is cleared. */
    End end() {
        long running = getPlain();
        End end = End.IN_TIME;
        if ((running & STATE_MASK) != RUNNING || !compareAndSet(running, nextNumber(running))) {
            while ((get() & STATE_MASK) == INTERRUPTING) {
                Thread.onSpinWait();
            }
            end = (get() & STATE_MASK) == INTERRUPTED ? End.INTERRUPTED : End.OVERDUE;
            if (end == End.INTERRUPTED) {
                Thread.interrupted();
            }
            set(nextNumber(get()));
        }
        boundary = null;
        stack.pop(this);
        return end;
    }

    /** For the watchdog: which call is running, or a negative number if none is or it has been found overdue already. */
    long running() {
        long word = get();
        return (word & STATE_MASK) == RUNNING ? word : -1;
    }

    /**
     * For the watchdog: since when the call is known to run. Exact if it was stamped; else the time the watchdog first saw
     * it, so that a call is never thought to be older than it is, however late the watchdog comes.
     */
    long runningSince(long call, long now) {
        if (stamped) {
            return start;
        }
        if (seenCall != call) {
            seenCall = call;
            seenAt = now;
        }
        return seenAt;
    }

    /** For the watchdog: marks the call as overdue, unless it has ended. */
    boolean markOverdue(long call) {
        return compareAndSet(call, withState(call, OVERDUE));
    }

    /** For the watchdog: interrupts the thread, unless the call has ended or the flag is set anyway. */
    boolean interrupt(long call, Thread thread) {
        if (!compareAndSet(call, withState(call, INTERRUPTING))) {
            return false;
        }
        long outcome = OVERDUE;
        try {
            if (!thread.isInterrupted()) {
                outcome = INTERRUPTED;
                thread.interrupt();
            }
        } finally {
            set(withState(call, outcome));
        }
        return true;
    }

    private long numbered(long state) {
        return withState(getPlain(), state);
    }

    private static long nextNumber(long word) {
        return (word & ~STATE_MASK) + (1L << STATE_BITS) + IDLE;
    }

    private static long withState(long word, long state) {
        return (word & ~STATE_MASK) | state;
    }
}
