package dev.safe.test;

/**
 * Decides on which calls of its phase a fault strikes. Calls are numbered from 1, beginning when the fault is injected.
 *
 * <p>An implementation must be thread-safe, and return the same for the same call each time, as those of this
 * interface's methods do.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Schedule {

    /**
     * Returns whether the fault strikes.
     *
     * @param call the number of the call, from 1
     * @return whether it strikes on this call
     */
    boolean strikesOn(long call);

    /**
     * Strikes on every call.
     *
     * @return a schedule
     */
    static Schedule always() {
        return call -> true;
    }

    /**
     * Strikes on the next calls, then never again.
     *
     * @param times on how many calls; 0 for none
     * @return a schedule
     * @throws IllegalArgumentException if {@code times} is negative
     */
    static Schedule times(long times) {
        check(times >= 0, "'times' must not be negative, got " + times);
        return call -> call <= times;
    }

    /**
     * Strikes on the calls of a range.
     *
     * @param first the number of the first call
     * @param last the number of the last call
     * @return a schedule
     * @throws IllegalArgumentException if {@code first} is less than 1, or {@code last} less than {@code first}
     */
    static Schedule calls(long first, long last) {
        check(first >= 1, "'first' must be at least 1, got " + first);
        check(last >= first, "'last' must be at least 'first', got %d and %d".formatted(last, first));
        return call -> call >= first && call <= last;
    }

    /**
     * Strikes on every n-th call.
     *
     * @param n the distance between two strikes, in calls
     * @return a schedule
     * @throws IllegalArgumentException if {@code n} is less than 1
     */
    static Schedule every(long n) {
        check(n >= 1, "'n' must be at least 1, got " + n);
        return call -> call % n == 0;
    }

    /**
     * Strikes at random. The same seed strikes on the same calls, on however many threads they are made.
     *
     * @param probability the share of calls, from 0 to 1
     * @param seed any number
     * @return a schedule
     * @throws IllegalArgumentException if {@code probability} is not between 0 and 1
     */
    static Schedule withProbability(double probability, long seed) {
        check(probability >= 0 && probability <= 1, "'probability' must be from 0 to 1, got " + probability);
        return call -> Scatter.uniform(seed, call) < probability;
    }

    /**
     * Strikes on the calls on which both this schedule and another one strike.
     *
     * @param other the other schedule
     * @return a schedule
     */
    default Schedule and(Schedule other) {
        return call -> strikesOn(call) && other.strikesOn(call);
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
