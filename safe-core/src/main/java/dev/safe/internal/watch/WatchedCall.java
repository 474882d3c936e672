package dev.safe.internal.watch;

import dev.safe.internal.concurrent.FieldHandles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A watched call in flight, from its beginning to its end. The object is reused for later calls, so that a watched call
 * allocates nothing.
 *
 * <p>The thread that makes the call and the watchdog agree on its end by one word: a number that is new for each call,
 * and a state. Whichever of them first changes the word by compare-and-set decides, so that no interrupt lands after
 * the call.
 *
 * <table>
 * <caption>The states of a call</caption>
 * <tr><th>state</th><th>entered by</th><th>left by</th></tr>
 * <tr><td>ended</td><td>the thread, at the end of the call</td><td>the thread, when the next one begins</td></tr>
 * <tr><td>running</td><td>the thread</td><td>the thread, at the end; the watchdog, once the budget is used up</td></tr>
 * <tr><td>claimed</td><td>the watchdog; the thread does not return meanwhile</td><td>the thread that settles the call</td></tr>
 * <tr><td>waived</td><td>the thread that settles it, and finds that the caller's flag is set already</td>
 *     <td>the end of a call within, if the flag was set for that one: hands the interrupt on; the thread, at the end</td></tr>
 * <tr><td>overdue</td><td>the thread that settles it: nothing more is done about it</td><td>the thread, at the end</td></tr>
 * <tr><td>owed</td><td>the watchdog: a call within was interrupted and has not ended, whose end would clear the flag</td>
 *     <td>the end of the call within, which hands the interrupt on; the watchdog, if that end came first</td></tr>
 * <tr><td>interrupted</td><td>the thread that settles it, and interrupts the caller</td><td>the thread, at the end, which clears its flag</td></tr>
 * <tr><td>heeded</td><td>the watchdog, which saw that the thread's flag was cleared and stayed so: an interrupt from now on is not ours</td>
 *     <td>the thread, at the end, which leaves its flag alone</td></tr>
 * </table>
 *
 * <p>At the end of the stack, where nothing can be called, the thread abandons a call: it sets {@link #abandoned} and
 * waits while {@link #word} says <i>claimed</i>. The next call on that thread, or the watchdog, then ends it properly.
 *
 * <p>Everything else is written before the word and read after it. What the watchdog reads may belong to a later call,
 * but then its compare-and-set fails.
 */
public final class WatchedCall {

    private static final VarHandle WORD = FieldHandles.find(MethodHandles.lookup(), "word", long.class);

    // The upper 56 bits of the word are the number of the call. Below it, five bits count how often its interrupt was
    // handed on, and three bits are its state.

    /** The beginning of a call that could not be read from the ticker. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** The bits of {@link #word} that are the state. */
    public static final long STATE_MASK = 7;

    private static final long HAND_ON = 8;
    private static final long HAND_ON_MASK = 31 * HAND_ON;
    private static final long STEP = 256;

    /** How long a call waits for foreign code that its interrupt runs once the flag is set, in nanoseconds. */
    private static final long PATIENCE = 100_000_000;

    /** How long a call waits for the flag to be set. Only a subclass of Thread may fail to set it. */
    private static final long LONG_PATIENCE = 100 * PATIENCE;

    private static final long ENDED = 0;
    private static final long RUNNING = 1;

    /** How many frames identify a place. The JVM cuts the traces of throwables, so the lowest frames may be missing. */
    private static final int FRAMES_OF_PLACE = 16;

    /** The state in which the call must not return. */
    public static final long CLAIMED = 2;

    private static final long OVERDUE = 3;
    private static final long OWED = 4;

    /** The state of a call that the watchdog has interrupted. */
    public static final long INTERRUPTED = 5;

    private static final long HEEDED = 6;

    private static final long WAIVED = 7;

    /** How a call ended, as the watchdog sees it. */
    public enum End {

        /** It was not found over its budget. */
        IN_TIME,

        /** It was found over its budget. */
        OVERDUE,

        /** It was found over its budget and interrupted. */
        INTERRUPTED,

        /** It was found over its budget and interrupted, and has cleared the flag and gone on. */
        HEEDED
    }

    /** The number of the call and its state. Public, since code at the end of the stack can call nothing. */
    public volatile long word;

    /**
     * Whether the call has ended without changing the word. Public, since code at the end of the stack can call
     * nothing.
     */
    public volatile boolean abandoned;

    private final @Nullable ThreadCalls thread;
    private final @Nullable WatchedCall outer;
    private volatile @Nullable WatchedCall inner;

    // Used by the thread only, and so quicker to read than the word.
    private long number;
    private boolean inFlight;
    private int claimsBefore;

    /** Held weakly, or else each thread would keep alive the last boundary that it crossed, and with it the guard. */
    private @Nullable WeakReference<? extends Watched> watched;

    private long probe;
    private long start;

    // Used only by the watchdog, or by the thread that settles the call.
    private long seenCall = -1;
    private long seenAt;
    private long seenClear = -1;

    /** Where the thread was when its call was found over its budget: a hash of its stack trace. */
    private int overdueAt;

    /** Where it was in code other than the platform's. */
    private int overdueWithin;

    /** The word of the claimed call whose interrupt is being delivered, which runs foreign code. */
    private volatile long delivering = -1;

    private volatile int claim;

    WatchedCall(@Nullable ThreadCalls thread, @Nullable WatchedCall outer) {
        this.thread = thread;
        this.outer = outer;
    }

    /**
     * Returns an object that stands for a call that must not be made. It never begins.
     *
     * @return a new call
     */
    public static WatchedCall sentinel() {
        return new WatchedCall(null, null);
    }

    // For the thread that makes the calls.

    @Nullable WatchedCall free(@Nullable WeakReference<? extends Watched> within) {
        WatchedCall call = this;
        while (call.inFlight) {
            if (call.abandoned) {
                call.endForAbsentee();
            } else if (within != null && call.watched == within) {
                return null;
            } else {
                call = call.nextInner();
            }
        }
        return call;
    }

    private WatchedCall nextInner() {
        WatchedCall next = inner;
        if (next == null) {
            next = new WatchedCall(thread, this);
            inner = next;
        }
        return next;
    }

    /**
     * Returns the token that the call was begun with.
     *
     * @return the token of the probe, if the call is one
     */
    public long probe() {
        return probe;
    }

    /**
     * Returns when the call began.
     *
     * @return the ticker's time or {@link #UNKNOWN}, if the call was begun with one
     */
    public long start() {
        return start;
    }

    /**
     * Begins a call. Marks it as in flight last, so that no call has begun if something fails before that.
     *
     * @param crossed what is watched
     * @param probeToken the token of the probe, if the call is one
     */
    public void begin(WeakReference<? extends Watched> crossed, long probeToken) {
        if (watched != crossed) { // Mostly the same one again, and comparing costs less than writing.
            watched = crossed;
        }
        probe = probeToken;
        if (abandoned) {
            abandoned = false;
        }
        if (outer != null && thread != null) {
            claimsBefore = thread.claims();
        }
        WORD.setRelease(this, number | RUNNING);
        inFlight = true;
    }

    /**
     * Begins a call at a time read from the ticker.
     *
     * @param crossed what is watched
     * @param probeToken the token of the probe, if the call is one
     * @param now the time, or {@link #UNKNOWN}
     */
    public void begin(WeakReference<? extends Watched> crossed, long probeToken, long now) {
        start = now;
        begin(crossed, probeToken);
    }

    /**
     * Ends the call. If it was interrupted, clears the thread's interrupt flag, unless the flag is known to have been
     * cleared before. Hands on an interrupt that an outer call is owed.
     *
     * @return how it ended
     */
    public End end() {
        long ended = number;
        End end = WORD.compareAndSet(this, ended | RUNNING, ended + STEP) ? End.IN_TIME : endOverdue(ended);
        number = ended + STEP;
        inFlight = false;
        WatchedCall left = inner;
        if (left != null && left.inFlight) {
            left.endForAbsentee();
        }
        if (outer != null && thread != null && thread.claims() != claimsBefore) {
            handOn(end == End.INTERRUPTED || end == End.HEEDED);
        }
        return end;
    }

    /** Ends a call that was abandoned for want of stack or memory. */
    private void endForAbsentee() {
        WeakReference<? extends Watched> crossed = watched;
        if (end() != End.IN_TIME) {
            Watched owner = crossed == null ? null : crossed.get();
            if (owner != null) {
                owner.overrunEnded();
            }
        }
    }

    private End endOverdue(long ended) {
        while (true) {
            boolean settled = awaitSettled();
            long current = word;
            long state = settled ? current & STATE_MASK : INTERRUPTED;
            if (WORD.compareAndSet(this, current, ended + STEP)) {
                if (state == INTERRUPTED) {
                    Thread.interrupted();
                }
                return switch ((int) state) {
                    case (int) INTERRUPTED -> End.INTERRUPTED;
                    case (int) ENDED, (int) RUNNING -> End.IN_TIME;
                    case (int) HEEDED -> End.HEEDED;
                    default -> End.OVERDUE;
                };
            }
        }
    }

    /**
     * Waits until the call is not claimed any more. Returns false if its interrupt hangs in foreign code, which the
     * call does not wait for: by then the thread's flag is set.
     */
    @SuppressWarnings("ThreadPriorityCheck") // A virtual thread has to let other threads run.
    private boolean awaitSettled() {
        long since = 0;
        for (long current = word; (current & STATE_MASK) == CLAIMED; current = word) {
            if (delivering == current) {
                long now = System.nanoTime();
                if (since == 0) {
                    since = now;
                } else if (now - since > (Thread.currentThread().isInterrupted() ? PATIENCE : LONG_PATIENCE)) {
                    return false;
                }
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        return true;
    }

    /**
     * Interrupts the current thread on behalf of an outer call: the innermost that is owed an interrupt, or that was
     * interrupted while this call was in flight, which may have consumed that interrupt.
     *
     * @param interrupted whether this call was interrupted, so that its interrupt may have passed for an outer call's
     */
    private void handOn(boolean interrupted) {
        for (WatchedCall call = outer; call != null; call = call.outer) {
            call.awaitSettled(); // The ended call may have consumed this one's interrupt.
            long current = call.word;
            long state = current & STATE_MASK;
            boolean lost = (state == INTERRUPTED || state == HEEDED) && call.claim - claimsBefore > 0;
            boolean owed = state == OWED || (state == WAIVED && interrupted);
            if ((lost || owed) && WORD.compareAndSet(call, current, handedOn(current))) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /**
     * Returns a word that differs from the one before, so that a flag that was seen clear before the interrupt was
     * handed on does not count as heeded.
     */
    private static long handedOn(long call) {
        return (call & ~(HAND_ON_MASK | STATE_MASK)) | ((call + HAND_ON) & HAND_ON_MASK) | INTERRUPTED;
    }

    // For the watchdog.

    @Nullable WatchedCall inner() {
        return inner;
    }

    @Nullable WatchedCall outer() {
        return outer;
    }

    @Nullable Watched watched() {
        WeakReference<? extends Watched> crossed = watched;
        return crossed == null ? null : crossed.get();
    }

    boolean hasEnded() {
        return (word & STATE_MASK) == ENDED;
    }

    /**
     * Returns the number of the running call, or a negative number if none is running or it was already found over its
     * budget.
     */
    long running() {
        long current = word;
        return (current & STATE_MASK) == RUNNING ? current : -1;
    }

    /**
     * Returns when the watchdog first saw the call. A call that is not stamped counts from there, so it never seems
     * older than it is, however late the watchdog comes.
     */
    long firstSeen(long call, long now) {
        if (seenCall != call) {
            seenCall = call;
            seenAt = now;
        }
        return seenAt;
    }

    /** Returns whether a nested call was interrupted or may still be, so that its end clears the thread's flag. */
    boolean isInterruptedWithin() {
        for (WatchedCall within = inner; within != null; within = within.inner) {
            long state = within.word & STATE_MASK;
            if (!within.abandoned && (state == INTERRUPTED || state == CLAIMED)) {
                return true;
            }
        }
        return false;
    }

    /** Keeps the call from returning until it is settled, unless it has ended. */
    boolean claim(long call) {
        return WORD.compareAndSet(this, call, withState(call, CLAIMED));
    }

    /**
     * Ends the call on behalf of its thread, if the thread has abandoned it. If the thread's flag is still to be
     * cleared, leaves that to the thread, since nobody else can do it. Returns whether the call was found over its
     * budget.
     */
    boolean endIfAbandoned() {
        long current = word;
        long state = current & STATE_MASK;
        return abandoned
                && state != ENDED
                && state != CLAIMED
                && state != INTERRUPTED
                && WORD.compareAndSet(this, current, withState(current, ENDED))
                && state != RUNNING;
    }

    /** Ends the call on behalf of a thread that has ended. Returns whether it was found over its budget. */
    boolean endOfDeadThread() {
        long current = word;
        long state = current & STATE_MASK;
        return state != ENDED && WORD.compareAndSet(this, current, withState(current, ENDED)) && state != RUNNING;
    }

    /** Decides that nothing more is done about a claimed call. */
    void settleOverdue(long call) {
        word = withState(call, OVERDUE);
    }

    /** Postpones the interrupt of a claimed call, until the nested call that was interrupted has ended. */
    void settleOwed(long call) {
        word = withState(call, OWED);
        if (thread != null) {
            thread.nextClaim();
        }
    }

    /** Claims a call whose interrupt was postponed, if the nested call has ended. */
    boolean claimOwed() {
        long current = word;
        return (current & STATE_MASK) == OWED
                && !isInterruptedWithin()
                && WORD.compareAndSet(this, current, withState(current, CLAIMED));
    }

    /**
     * Interrupts the thread of a claimed call, unless its flag is set already: by the host, or by another watchdog for a
     * call within. May run foreign code: that of whatever
     * the thread is blocked in, or of a subclass of Thread.
     */
    void settleByInterrupt(Thread interrupted) {
        long call = word;
        long outcome = OVERDUE;
        try {
            if (abandoned) {
                return;
            }
            if (interrupted.isInterrupted()) {
                outcome = WAIVED;
            } else {
                if (thread != null) {
                    claim = thread.nextClaim();
                }
                outcome = INTERRUPTED;
                delivering = call;
                interrupted.interrupt();
            }
        } finally {
            WORD.compareAndSet(this, call, withState(call, outcome)); // Fails if the thread has given up waiting.
        }
    }

    /** Returns whether the call was interrupted and goes on, so that the thread's flag has to be watched. */
    boolean isInterrupted() {
        return (word & STATE_MASK) == INTERRUPTED;
    }

    /** Notes where the thread is while its call is over its budget. */
    void noteWhere(StackTraceElement[] trace) {
        overdueAt = Arrays.hashCode(trace);
        overdueWithin = place(trace);
    }

    /**
     * Returns whether this call's interrupt caused an exception: it was thrown where the thread was when its call was
     * found over its budget. A call that takes a while to end by that exception looks as if it had heeded the
     * interrupt. For the thread that has made the call.
     *
     * @param thrown what a call threw that ended as {@link End#HEEDED}
     * @return false if it cannot be told
     */
    public boolean wasInterruptedAtOriginOf(Throwable thrown) {
        return thrown.getClass() == InterruptedException.class && place(thrown.getStackTrace()) == overdueWithin;
    }

    /**
     * Returns a hash of the newest frames outside the platform, where a thread that waits and the exception that ends the
     * wait differ. Hidden frames are in the traces of some threads, and in those of no throwables.
     */
    private static int place(StackTraceElement[] trace) {
        int hash = 1;
        int frames = 0;
        for (int i = 0; i < trace.length && frames < FRAMES_OF_PLACE; i++) {
            StackTraceElement frame = trace[i];
            String module = frame.getModuleName();
            boolean ofPlatform = module != null && (module.startsWith("java.") || module.startsWith("jdk."));
            if (!ofPlatform && frame.getClassName().indexOf('/') < 0) {
                hash = 31 * hash + frame.hashCode();
                frames++;
            }
        }
        return hash;
    }

    /**
     * Notes that the thread has heeded the interrupt, if its flag is clear at two looks in a row and it has left the
     * place where it was interrupted. At a single look, the flag may be clear only because the extension is about to
     * catch an {@link InterruptedException} and to set the flag again. A thread that is still in the same place may be
     * waiting uninterruptibly, as in {@code CompletableFuture.join}, and set the flag again when the wait is over.
     */
    void noteHeeded(Thread interrupted) {
        long current = word;
        if ((current & STATE_MASK) == INTERRUPTED) {
            boolean clear = !interrupted.isInterrupted()
                    && thread != null
                    && thread.tracesAreTrusted()
                    && Arrays.hashCode(interrupted.getStackTrace()) != overdueAt;
            if (clear && seenClear == current) {
                WORD.compareAndSet(this, current, withState(current, HEEDED));
            }
            seenClear = clear ? current : -1;
        }
    }

    private static long withState(long call, long state) {
        return (call & ~STATE_MASK) | state;
    }
}
