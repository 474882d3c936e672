package dev.safe.internal.watch;

import dev.safe.internal.concurrent.DaemonThread;
import dev.safe.internal.concurrent.Errands;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices calls that outlast their budget, and visits what waits for a point in time. Each guard has one, with one
 * daemon thread. The thread starts when there is something to do. It ends when there is nothing left to do, or when the
 * guard is not referred to any more. Thread-safe.
 *
 * <p>That thread runs no foreign code but the guard's ticker, so that no extension can blind it. It claims calls that
 * are over their budget. Each interrupt is made on a thread of its own, since it runs code of whatever the interrupted
 * thread is blocked in. Reports are made on a bounded number of other threads.
 */
public final class Watchdog {

    /** The longest time between two looks while there is something to look at, in nanoseconds. */
    public static final long LONGEST_NAP = 100_000_000;

    private static final long SHORTEST_NAP = 1_000_000;
    private static final int NAPS_PER_BUDGET = 8;
    private static final long LINGER = TimeUnit.SECONDS.toNanos(1);

    /** A thread whose calls are looked at. */
    private static final class Listing {

        final ThreadCalls calls;
        long lastWord = -1;
        boolean unlisted;

        Listing(ThreadCalls calls) {
            this.calls = calls;
        }
    }

    /** Takes failures of our own. */
    @FunctionalInterface
    public interface Complaints {

        /**
         * Reports a failure. May run foreign code.
         *
         * @param what a clause that says what failed
         * @param ours the failure
         */
        void report(String what, Throwable ours);
    }

    private final LongSupplier ticker;
    private final boolean manual;
    private final Complaints complaints;
    private final Errands errands = new Errands("safe-reporter");
    private final Queue<Listing> listings = new ConcurrentLinkedQueue<>();
    private final Queue<Reference<? extends Visited>> visits = new ConcurrentLinkedQueue<>();

    private volatile long nap = LONGEST_NAP;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;
    private volatile boolean parked;

    /**
     * Creates the watchdog. It starts no thread.
     *
     * @param ticker the time in nanoseconds
     * @param manual whether the ticker is driven by hand, so that its time must not be cached
     * @param complaints takes our own failures
     */
    public Watchdog(LongSupplier ticker, boolean manual, Complaints complaints) {
        this.ticker = ticker;
        this.manual = manual;
        this.complaints = complaints;
    }

    /**
     * Returns whether the ticker is driven by hand, so that its time must not be cached.
     *
     * @return whether the ticker is driven by hand
     */
    public boolean isManual() {
        return manual;
    }

    /**
     * Prepares to watch calls with this budget.
     *
     * @param limitNanos the budget
     */
    public void watch(long limitNanos) {
        long wanted = Math.max(SHORTEST_NAP, Math.min(LONGEST_NAP, limitNanos / NAPS_PER_BUDGET));
        synchronized (this) {
            nap = Math.min(nap, wanted);
        }
    }

    /** Returns how long the thread sleeps between two looks. */
    long napNanos() {
        return nap;
    }

    void list(ThreadCalls calls) {
        if (!closed && calls.list(this)) {
            try {
                listings.add(new Listing(calls));
                wake();
            } catch (Throwable ours) { // No stack or memory, so no call of a method: the next call tries again.
                synchronized (calls) {
                    @Nullable Watchdog[] others;
                    try {
                        others = calls.listedToo;
                    } catch (Throwable entering) {
                        others = calls.listedToo; // There was no room on entering the monitor. There is from here on.
                    }
                    if (calls.listed == this) {
                        calls.listed = null;
                    }
                    for (int i = 0; i < others.length; i++) {
                        if (others[i] == this) {
                            others[i] = null;
                        }
                    }
                }
                throw ours;
            }
        }
    }

    /**
     * Visits something once, soon.
     *
     * @param visited a weak reference to it, since the thread must not keep it alive
     */
    public void visit(WeakReference<? extends Visited> visited) {
        visits.add(visited);
        wake();
    }

    private void wake() {
        Thread running = thread;
        if (running == null) {
            start();
        } else if (parked) {
            parked = false;
            LockSupport.unpark(running);
        }
    }

    private synchronized void start() {
        if (thread == null && !closed) {
            try {
                Thread started = DaemonThread.of("safe-watchdog", this::runUntilIdle);
                thread = started; // It has to know itself from its first step, so as to run no foreign code.
                started.start();
            } catch (Throwable ours) {
                thread = null;
                complain("the watchdog could not be started", ours);
            }
        }
    }

    /** Stops the thread. Calls are no longer watched. */
    public void close() {
        closed = true;
        Thread running = thread;
        for (Listing listing = listings.poll(); listing != null; listing = listings.poll()) {
            listing.calls.unlist(this);
        }
        if (running == null) {
            endVisits();
        } else {
            LockSupport.unpark(running);
        }
    }

    private void runUntilIdle() {
        try {
            while (!closed && hasWork()) {
                try {
                    LockSupport.parkNanos(this, napNanos());
                    Thread.interrupted(); // A stray interrupt would keep this thread from sleeping.
                    look();
                } catch (Throwable ours) {
                    // There is no memory, not even to report that. The next look may find some.
                }
            }
        } finally {
            if (closed) {
                endVisits();
            }
        }
    }

    /**
     * Waits a while for something to do. Returns false if this thread is to end. Another one is started when it is
     * needed.
     */
    private boolean hasWork() {
        if (!isIdle()) {
            return true;
        }
        parked = true;
        if (isIdle()) {
            LockSupport.parkNanos(this, LINGER);
        }
        parked = false;
        if (isIdle()) {
            synchronized (this) {
                thread = null;
            }
            // A caller that added something just before this saw a running thread, and so started none.
            return !isIdle() && isStillOurs();
        }
        return true;
    }

    private boolean isIdle() {
        return listings.isEmpty() && visits.isEmpty();
    }

    private synchronized boolean isStillOurs() {
        if (thread == null) {
            thread = Thread.currentThread();
            return true;
        }
        return false;
    }

    private void endVisits() {
        for (Reference<? extends Visited> reference = visits.poll(); reference != null; reference = visits.poll()) {
            Visited visited = reference.get();
            if (visited != null) {
                visited.visitsEnded();
            }
        }
    }

    /** Looks at everything once. Throws only what the ticker throws, or an error if there is no memory. */
    public void look() {
        long now = ticker.getAsLong();
        lookAtCalls(now);
        visit(now);
    }

    /**
     * Makes the visits that are requested by now. A visit that is requested meanwhile has to wait for the next look.
     */
    private void visit(long now) {
        for (int left = visits.size(); left > 0; left--) {
            Reference<? extends Visited> reference = visits.poll();
            if (reference == null) {
                return;
            }
            Visited visited = reference.get();
            if (visited != null) {
                try {
                    visited.visit(now);
                } catch (Throwable ours) {
                    visited.visitsEnded();
                    complain("the watchdog failed", ours);
                }
            }
        }
    }

    /** Removes a listing only once it is done with, since there might be no memory to put it back. */
    private void lookAtCalls(long now) {
        for (Iterator<Listing> i = listings.iterator(); i.hasNext(); ) {
            Listing listing = i.next();
            boolean stays = true;
            try {
                stays = look(listing, now);
            } catch (Throwable ours) {
                complain("the watchdog failed", ours);
            }
            if (!stays) {
                i.remove();
            }
        }
    }

    /** Looks at the calls of one thread. Returns whether the thread is to be looked at again. */
    private boolean look(Listing listing, long now) {
        ThreadCalls calls = listing.calls;
        Thread caller = calls.thread();
        if (caller == null) {
            endAll(calls);
            return false;
        }
        WatchedCall innermost = calls.innermost();
        // The inner ones first: an outer one may have to wait for the end of one that was interrupted.
        for (WatchedCall call = innermost; call != null; call = call.outer()) {
            look(calls, call, caller, now);
        }
        return staysListed(listing, innermost == null);
    }

    /**
     * Unlists a thread that has made no call since the last look, and lets go of it at the next look if there is still
     * none. In between, the thread may have begun a call without seeing that it was unlisted. The next look sees that
     * call.
     */
    private boolean staysListed(Listing listing, boolean ended) {
        ThreadCalls calls = listing.calls;
        if (!listing.unlisted) {
            long word = calls.outermost().word;
            if (ended && word == listing.lastWord) {
                listing.unlisted = true;
                calls.unlist(this);
            }
            listing.lastWord = word;
            return true;
        }
        if (ended || !calls.list(this)) { // The thread itself has listed it again, so there is another listing.
            return false;
        }
        listing.unlisted = false;
        return true;
    }

    private static void endAll(ThreadCalls calls) {
        for (WatchedCall call = calls.outermost(); call != null; call = call.inner()) {
            Watched boundary = call.watched();
            if (call.endOfDeadThread() && boundary != null) {
                boundary.overrunEnded();
            }
        }
    }

    private void look(ThreadCalls calls, WatchedCall call, Thread caller, long now) {
        long number = call.running();
        Watched boundary = call.watched();
        if (boundary == null || boundary.watchdog() != this) {
            return;
        }
        if (call.abandoned) {
            if (call.endIfAbandoned()) {
                boundary.overrunEnded();
            }
        } else if (number >= 0) {
            long limit = boundary.limitNanos();
            boolean stamped = boundary.isStamped() && call.start() != WatchedCall.UNKNOWN;
            long since = stamped ? call.start() : call.firstSeen(number, now);
            if (limit > 0 && now - since > limit) {
                overrun(boundary, calls, call, number, caller);
            }
        } else if (call.isInterrupted()) {
            if (calls.signalsAreTrusted()) {
                call.noteHeeded(caller);
            }
        } else if (call.claimOwed()) {
            interrupt(call, caller);
        }
    }

    /**
     * Counts an overrun and interrupts its thread, if the policy says so. Counts before the call can end, so that the
     * caller finds it counted.
     */
    private void overrun(Watched boundary, ThreadCalls calls, WatchedCall call, long number, Thread caller) {
        StackTraceElement[] trace = calls.tracesAreTrusted() ? caller.getStackTrace() : new StackTraceElement[0];
        if (!call.claim(number)) {
            return;
        }
        call.noteWhere(trace);
        try {
            boundary.overran(call.probe(), caller);
        } catch (Throwable ours) {
            complain("a call over its budget could not be counted", ours);
        }
        if (!boundary.interruptsOverruns()) {
            call.settleOverdue(number);
        } else if (call.isInterruptedWithin()) {
            call.settleOwed(number);
            if (call.claimOwed()) { // The nested call had ended before this interrupt was postponed.
                interrupt(call, caller);
            }
        } else {
            interrupt(call, caller);
        }
        if (!run(() -> boundary.reportOverrun(caller, trace))) {
            boundary.overrunUnreported();
        }
    }

    private void interrupt(WatchedCall call, Thread caller) {
        try {
            DaemonThread.of("safe-interrupter", () -> deliver(call, caller)).start();
        } catch (Throwable ours) {
            call.settleByInterrupt(caller);
            complain("could not start a thread to interrupt a call", ours);
        }
    }

    /** Interrupts a thread. What that throws must not reach the handler of uncaught exceptions. */
    private void deliver(WatchedCall call, Thread caller) {
        try {
            call.settleByInterrupt(caller);
        } catch (Throwable thrown) {
            complain("an interrupt threw", thrown);
        }
    }

    /**
     * Runs an errand that may run foreign code: on the current thread, or on another one if the current one is the
     * watchdog's, since foreign code must not delay the watchdog.
     *
     * @param errand must not throw
     * @return false if it will not run, because too many errands hang
     */
    public boolean run(Runnable errand) {
        if (Thread.currentThread() == thread) {
            return errands.run(errand);
        }
        errand.run();
        return true;
    }

    private void complain(String what, Throwable ours) {
        try {
            run(() -> complaints.report(what, ours));
        } catch (Throwable none) {
            // There is no memory to report this.
        }
    }
}
