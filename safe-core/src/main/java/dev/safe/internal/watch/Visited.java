package dev.safe.internal.watch;

/**
 * What waits for a time to come, and is visited by the watchdog now and then until it has. Called by the watchdog, so nothing
 * here may run foreign code or block. Implementations are thread-safe.
 */
public interface Visited {

    /**
     * Does what is due. Requests another {@linkplain Watchdog#visit visit} if something is due later.
     *
     * @param now the time
     */
    void visit(long now);

    /** Learns that the watchdog does not visit any more. */
    void visitsEnded();
}
