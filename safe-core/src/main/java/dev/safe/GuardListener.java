package dev.safe;

/**
 * Is told what happens at the boundaries of a guard: the log, meters and application events are listeners of this kind.
 *
 * <p>Called by whichever thread the thing happened on, outside all locks, so implementations must be thread-safe and
 * quick. Whatever a listener throws is logged and otherwise ignored: it changes neither the call's outcome nor what other
 * listeners are told. Do not keep a {@link Throwable} beyond the call: it keeps the extension's class loader alive.
 *
 * @since 0.1
 */
public interface GuardListener {

    /**
     * An extension was seen for the first time. Also called, when a listener joins late, for each extension there already
     * is.
     *
     * @param extension a snapshot of it
     */
    default void onRegistered(ExtensionSnapshot extension) {}

    /**
     * An extension was removed.
     *
     * @param extension its name
     */
    default void onRemoved(String extension) {}

    /**
     * Something was counted. Never throttled; on the way of every panic, so it should allocate nothing. Threads may
     * report their counts out of order.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @param tally what was counted
     * @param total how many there have been so far
     */
    default void onCount(String extension, Phase phase, Tally tally, long total) {}

    /**
     * A panic is reported in full, as often as the {@link LogPolicy} allows.
     *
     * @param report the panic
     * @param cause what was thrown, or a stand-in for it if that is not safe to print
     */
    default void onPanic(PanicReport report, Throwable cause) {}

    /**
     * Panics went unreported because of the {@link LogPolicy}.
     *
     * @param report how many
     */
    default void onSilence(SilenceReport report) {}

    /**
     * Setup or teardown returned an error.
     *
     * @param report the error
     * @param cause what was thrown, or a stand-in for it if that is not safe to print
     */
    default void onError(ErrorReport report, Throwable cause) {}

    /**
     * A boundary entered quarantine, or entered it anew after a failed probe.
     *
     * @param report the quarantine
     */
    default void onQuarantined(QuarantineReport report) {}

    /**
     * A boundary left quarantine: a probe returned, or somebody released it.
     *
     * @param report the quarantine it left
     */
    default void onReleased(QuarantineReport report) {}

    /**
     * A call outlasted its budget.
     *
     * @param report the call
     */
    default void onOverrun(OverrunReport report) {}

    /**
     * A call ended. Only with {@link ExtensionGuard.Builder#timers(boolean)}.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @param nanos how long it took, in nanoseconds
     */
    default void onCall(String extension, Phase phase, long nanos) {}
}
