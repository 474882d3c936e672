package dev.safe;

/**
 * A source of time in nanoseconds with an arbitrary origin, as {@link System#nanoTime()} is. Everything in the guard
 * that depends on time reads its ticker, so that tests can advance time by hand. Implementations must be thread-safe
 * and must not go backwards.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Ticker {

    /**
     * Reads the time.
     *
     * @return nanoseconds since an arbitrary, fixed origin
     */
    long read();

    /**
     * Returns the ticker that reads the clock of this machine.
     *
     * @return a ticker that reads {@link System#nanoTime()}
     */
    static Ticker system() {
        return System::nanoTime;
    }
}
