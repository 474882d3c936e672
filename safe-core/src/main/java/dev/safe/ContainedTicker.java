package dev.safe;

/**
 * Reads the host's ticker, and answers with what it read before where that fails: the ticker is foreign code, and at the end of
 * the stack even the machine's clock cannot be read. A made-up time would end a backoff, or make a call look as if it had
 * taken for ever. Thread-safe.
 */
final class ContainedTicker implements Ticker {

    /** How old {@link #newest} may get: threads that read the time all the time must not all write it. */
    private static final long GRAIN = 1_000_000;

    private final Ticker target;

    /** A reading that is at most that much older than the newest one. Not private: catch blocks that can call nothing read it. */
    volatile long newest;

    ContainedTicker(Ticker target) {
        this.target = target;
        try {
            newest = target.read();
        } catch (Throwable broken) {
            // Time stands still until it can be read.
        }
    }

    @Override
    public long read() {
        try {
            return readNow();
        } catch (Throwable broken) {
            return newest;
        }
    }

    /** Reads the time, or returns something else if that fails. */
    long readOr(long otherwise) {
        try {
            return readNow();
        } catch (Throwable broken) {
            return otherwise;
        }
    }

    private long readNow() {
        long now = target.read();
        if (now - newest > GRAIN) {
            newest = now;
        }
        return now;
    }
}
