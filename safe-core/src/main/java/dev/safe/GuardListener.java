package dev.safe;

/**
 * Is notified of what happens at the boundaries of a guard. The log, meters and application events are such listeners.
 *
 * <p>Called outside all locks, on the thread where it happened, or on a thread of the guard for what its watchdog
 * finds. Implementations must be thread-safe and quick. What a listener throws is logged and otherwise ignored: it
 * changes neither the call's outcome nor what other listeners get. Do not keep a {@link Throwable} beyond the call: it
 * keeps the extension's class loader alive.
 *
 * @since 0.1
 */
public interface GuardListener {

    /**
     * Called when an extension is seen for the first time. A listener that is added later is called for each extension that
     * is known by then.
     *
     * @param extension a snapshot of it
     */
    default void onRegistered(ExtensionSnapshot extension) {}

    /**
     * Called when an extension was removed.
     *
     * @param extension its name
     */
    default void onRemoved(String extension) {}

    /**
     * Called when something was counted. Never throttled. It is called at every panic, so it should allocate nothing.
     * Threads may report their counts out of order.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @param tally what was counted
     * @param total how many there have been so far
     */
    default void onCount(String extension, Phase phase, Tally tally, long total) {}

    /**
     * Called with a panic in full, as often as the {@link LogPolicy} allows.
     *
     * @param report the panic
     * @param cause what was thrown, or a stand-in for it if that is not safe to print
     */
    default void onPanic(PanicReport report, Throwable cause) {}

    /**
     * Called with the number of panics, overruns or errors that went unreported because of the {@link LogPolicy}.
     *
     * @param report how many
     */
    default void onSilence(SilenceReport report) {}

    /**
     * Called when setup or teardown returned an error, as often as the {@link LogPolicy} allows.
     *
     * @param report the error
     * @param cause what was thrown, or a stand-in for it if that is not safe to print
     */
    default void onError(ErrorReport report, Throwable cause) {}

    /**
     * Called when a boundary entered quarantine, or entered it again after a failed probe.
     *
     * @param report the quarantine
     */
    default void onQuarantined(QuarantineReport report) {}

    /**
     * Called when a boundary left quarantine: a probe returned, or it was released by hand.
     *
     * @param report the quarantine it left
     */
    default void onReleased(QuarantineReport report) {}

    /**
     * Called when a call outlasted its budget.
     *
     * @param report the call
     */
    default void onOverrun(OverrunReport report) {}

    /**
     * Called when a supervisor restarted an extension: it was torn down, and its setup is about to be called.
     *
     * @param report the restart
     */
    default void onRestarted(RestartReport report) {}

    /**
     * Called when a call ended, but only with {@link ExtensionGuard.Builder#timers(boolean)}.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @param nanos how long it took, in nanoseconds
     */
    default void onCall(String extension, Phase phase, long nanos) {}
}
