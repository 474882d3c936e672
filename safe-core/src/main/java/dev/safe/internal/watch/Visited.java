package dev.safe.internal.watch;

/**
 * Waits for a point in time. The watchdog visits it from time to time until then. Called by the watchdog, so nothing
 * here may run foreign code or block. Implementations are thread-safe.
 */
public interface Visited {

    /**
     * Does what is due. Requests another {@linkplain Watchdog#visit visit} if something is due later.
     *
     * @param now the time
     */
    void visit(long now);

    /** Called when the watchdog will not visit any more. */
    void visitsEnded();
}
