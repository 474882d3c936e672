package dev.safe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A watched call in flight, from its admission to its end. Each thread has a chain of them, the outermost first, and uses
 * them again and again, so that a watched call allocates nothing.
 *
 * <p>The thread that makes the call and the watchdog agree on its end by one word: a number that is new for each call, and
 * its state. Whoever swaps the word first decides. If the watchdog has claimed the call, it does not return before the
 * watchdog is done with it, so no interrupt lands after the call; if the call has ended, the watchdog's swap fails, also if
 * the passage is in use again.
 *
 * <p>All else is written before the word and read after it: what the watchdog reads may be of a later call, but then its
 * swap fails.
 */
final class Passage extends WeakReference<Thread> {

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Passage.class, "word", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int STATE_BITS = 3;
    private static final long STATE_MASK = (1 << STATE_BITS) - 1;

    private static final long STEP = 1 << STATE_BITS;

    private static final long ENDED = 0;
    private static final long RUNNING = 1;
    private static final long CLAIMED = 2;
    private static final long OVERDUE = 3;
    private static final long INTERRUPTED = 4;

    private volatile long word;
    private volatile @Nullable Passage inner;

    // The thread's own notes, quicker to read than the word.
    private long number;
    private boolean inFlight;

    /** Weakly, or each thread would keep the last boundary it crossed, and with it the guard, for as long as it lives. */
    private @Nullable WeakReference<Boundary> boundary;

    private long probe;
    private long start;

    // The watchdog's own notes.
    private long seenCall = -1;
    private long seenAt;

    Passage(@Nullable Thread thread) {
        super(thread);
    }

    // For the thread that makes the calls.

    /**
     * The passage for a call that begins, this one or one further in.
     *
     * @param within a boundary; null for none
     * @return null if a call across that boundary is in flight already
     */
    @Nullable Passage free(@Nullable WeakReference<Boundary> within) {
        Passage passage = this;
        while (passage.inFlight) {
            if (within != null && passage.boundary == within) {
                return null;
            }
            passage = passage.nextInner();
        }
        return passage;
    }

    private Passage nextInner() {
        Passage next = inner;
        if (next == null) {
            next = new Passage(get());
            inner = next;
        }
        return next;
    }

    long probe() {
        return probe;
    }

    long start() {
        return start;
    }

    /** Begins a call. */
    void begin(@Nullable WeakReference<Boundary> crossed, long probeToken) {
        if (boundary != crossed) { // Mostly the same one again, and it costs less to see that than to write it.
            boundary = crossed;
        }
        probe = probeToken;
        WORD.setRelease(this, number | RUNNING);
        inFlight = true;
    }

    /** Begins a call at a time read from the ticker. */
    void begin(WeakReference<Boundary> crossed, long probeToken, long now) {
        start = now;
        begin(crossed, probeToken);
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
        long ended = number;
        number = ended + STEP;
        inFlight = false;
        End end = WORD.compareAndSet(this, ended | RUNNING, ended + STEP) ? End.IN_TIME : endOverdue();
        Passage left = inner;
        if (left != null && left.inFlight) {
            left.abandon();
        }
        return end;
    }

    /** It was not left properly: no stack or memory to do so. */
    private void abandon() {
        Boundary crossed = boundary();
        if (end() != End.IN_TIME && crossed != null) {
            crossed.unstick();
        }
    }

    private End endOverdue() {
        while (state() == CLAIMED) {
            Thread.onSpinWait();
        }
        long state = state();
        word = number;
        if (state == INTERRUPTED) {
            Thread.interrupted();
            return End.INTERRUPTED;
        }
        return state == ENDED ? End.IN_TIME : End.OVERDUE;
    }

    private long state() {
        return word & STATE_MASK;
    }

    // For the watchdog.

    /** The thread, or null if it is no more. */
    @Nullable Thread thread() {
        Thread current = get();
        return current != null && current.isAlive() ? current : null;
    }

    /** The passage of a call made within this one, used or not; null if there never was one. */
    @Nullable Passage inner() {
        return inner;
    }

    @Nullable Boundary boundary() {
        WeakReference<Boundary> crossed = boundary;
        return crossed == null ? null : crossed.get();
    }

    /** Which call is running, or a negative number if none is or it has been found overdue already. */
    long running() {
        long current = word;
        return (current & STATE_MASK) == RUNNING ? current : -1;
    }

    /**
     * When the watchdog first saw the call, which is how long it is known to run: a call that was not stamped is never thought
     * to be older than it is, however late the watchdog comes.
     */
    long firstSeen(long call, long now) {
        if (seenCall != call) {
            seenCall = call;
            seenAt = now;
        }
        return seenAt;
    }

    /** Whether a call made within this one has been interrupted and has not ended: its end will clear the thread's flag. */
    boolean isInterruptedWithin() {
        for (Passage within = inner; within != null; within = within.inner) {
            if (within.state() == INTERRUPTED) {
                return true;
            }
        }
        return false;
    }

    /** Keeps the call from returning until it is {@linkplain #settle settled}, unless it has ended. */
    boolean claim(long call) {
        return WORD.compareAndSet(this, call, withState(call, CLAIMED));
    }

    /**
     * Decides what becomes of a claimed call.
     *
     * @param interrupted the thread to interrupt, unless its flag is set anyway; null for none
     */
    void settle(long call, @Nullable Thread interrupted) {
        long outcome = OVERDUE;
        try {
            if (interrupted != null && !interrupted.isInterrupted()) {
                outcome = INTERRUPTED;
                interrupted.interrupt();
            }
        } finally {
            word = withState(call, outcome);
        }
    }

    private static long withState(long call, long state) {
        return (call & ~STATE_MASK) | state;
    }
}
