package dev.safe.internal.watch;

/**
 * Has a budget for its calls, and is notified of calls that outlast it. Called by the watchdog, so nothing here may run
 * foreign code or block, except where it says so. Implementations are thread-safe.
 */
public interface Watched {

    /**
     * Returns the watchdog that judges the calls. A thread may be listed with those of other guards, too, which have
     * clocks of their own.
     *
     * @return its guard's watchdog
     */
    Watchdog watchdog();

    /**
     * Returns the budget of a call.
     *
     * @return in nanoseconds, zero for none
     */
    long limitNanos();

    /**
     * Returns whether the start of each call is read from the ticker, rather than when the watchdog first sees it.
     *
     * @return whether calls are begun by {@link WatchedCall#begin(java.lang.ref.WeakReference, long, long)}
     */
    boolean isStamped();

    /**
     * Returns whether calls over their budget are interrupted.
     *
     * @return false if they are reported only
     */
    boolean interruptsOverruns();

    /**
     * Counts a call that was found over its budget and has not ended.
     *
     * @param probe the token that the call was begun with
     * @param caller the thread that makes the call
     */
    void overran(long probe, Thread caller);

    /** Notes that a call that {@linkplain #overran was found} over its budget has ended. */
    void overrunEnded();

    /**
     * Reports a call over its budget. Called on a thread of its own, and may run foreign code.
     *
     * @param thread the thread that makes the call
     * @param trace where the thread was, newest frame first; empty if its trace could not be read safely
     */
    void reportOverrun(Thread thread, StackTraceElement[] trace);

    /** Notes that there was no thread to report a call over its budget on: it is among those that are summed up later. */
    void overrunUnreported();
}
