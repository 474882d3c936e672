package dev.safe.supervisor;

import static dev.safe.InvalidPolicyException.check;

import dev.safe.InvalidPolicyException;
import dev.safe.internal.time.Nanos;
import java.time.Duration;
import java.util.Objects;

/**
 * When a supervisor restarts an extension. Immutable.
 *
 * <p>An extension is restarted if its setup failed, or its poll tripped {@code afterTrips} times in a row with no
 * successful probe in between. The first restart waits for {@code initialBackoff}, each further one {@code multiplier}
 * times as long, up to {@code maxBackoff}. The backoff starts over once the extension has been up for as long as its
 * last backoff. After {@code maxRestarts} restarts {@code within} a period, the extension has failed and stays down
 * until it is restarted by hand. This is the restart intensity of Erlang's supervisors.
 *
 * @param enabled whether extensions are restarted; a restart by hand works regardless
 * @param afterTrips trips of poll in a row that lead to a restart, at least 1
 * @param initialBackoff how long the first restart waits, more than zero
 * @param maxBackoff how long a restart waits at most, at least {@code initialBackoff}
 * @param multiplier how much longer each further restart waits, at least 1
 * @param maxRestarts restarts within the period after which there are no more, 0 to {@value #MAX_RESTARTS}
 * @param within the period, more than zero
 * @since 0.1
 */
public record RestartPolicy(
        boolean enabled,
        int afterTrips,
        Duration initialBackoff,
        Duration maxBackoff,
        double multiplier,
        int maxRestarts,
        Duration within) {

    /** The largest number of restarts within the period. A supervisor remembers the time of each. */
    public static final int MAX_RESTARTS = 10_000;

    private static final Duration BUILT_IN_MAX_BACKOFF = Duration.ofMinutes(5);

    /** On: after 3 trips, waiting 1 s to 5 min, at most 10 restarts within an hour. */
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(true, 3, Duration.ofSeconds(1), BUILT_IN_MAX_BACKOFF, 2.0, 10, Duration.ofHours(1));

    /** Off: an extension that does not recover stays as it is. */
    public static final RestartPolicy OFF = new RestartPolicy(
            false,
            DEFAULT.afterTrips,
            DEFAULT.initialBackoff,
            DEFAULT.maxBackoff,
            DEFAULT.multiplier,
            DEFAULT.maxRestarts,
            DEFAULT.within);

    /**
     * Checks the settings.
     *
     * @throws InvalidPolicyException if one is out of range or two contradict each other
     * @throws NullPointerException if a duration is null
     */
    public RestartPolicy {
        Objects.requireNonNull(initialBackoff, "'initialBackoff' must not be null");
        Objects.requireNonNull(maxBackoff, "'maxBackoff' must not be null");
        Objects.requireNonNull(within, "'within' must not be null");
        check(afterTrips >= 1, "afterTrips", "must be at least 1", afterTrips);
        check(isPositive(initialBackoff), "initialBackoff", "must be more than 0", initialBackoff);
        checkOrder(initialBackoff, maxBackoff);
        check(multiplier >= 1 && Double.isFinite(multiplier), "multiplier", "must be at least 1", multiplier);
        check(
                maxRestarts >= 0 && maxRestarts <= MAX_RESTARTS,
                "maxRestarts",
                "must be at least 0 and at most " + MAX_RESTARTS,
                maxRestarts);
        check(isPositive(within), "within", "must be more than 0", within);
    }

    /** Checks that the backoffs are in order. Does not blame the longest one if nobody has set it. */
    private static void checkOrder(Duration initialBackoff, Duration maxBackoff) {
        boolean inOrder = initialBackoff.compareTo(maxBackoff) <= 0;
        if (maxBackoff.equals(BUILT_IN_MAX_BACKOFF)) {
            check(
                    inOrder,
                    "initialBackoff",
                    "must be at most 'maxBackoff' (" + Nanos.format(maxBackoff) + ", built in)",
                    initialBackoff);
        }
        check(
                inOrder,
                "maxBackoff",
                "must be at least 'initialBackoff' (" + Nanos.format(initialBackoff) + ")",
                maxBackoff);
    }

    private static boolean isPositive(Duration duration) {
        return duration.compareTo(Duration.ZERO) > 0;
    }
}
