package dev.safe;

import static dev.safe.InvalidPolicyException.check;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a call may take, and what happens when it takes longer. Immutable.
 *
 * @param limit the longest a call may take; zero for no budget
 * @param onOverrun what is done about a call over its limit; {@link OnOverrun#INTERRUPT} needs a limit
 * @since 0.1
 */
public record BudgetPolicy(Duration limit, OnOverrun onOverrun) {

    /** No budget. */
    public static final BudgetPolicy NONE = new BudgetPolicy(Duration.ZERO, OnOverrun.REPORT);

    /**
     * Checks the settings.
     *
     * @throws InvalidPolicyException if one is out of range or they contradict each other
     * @throws NullPointerException if an argument is null
     */
    public BudgetPolicy {
        Objects.requireNonNull(limit, "'limit' must not be null");
        Objects.requireNonNull(onOverrun, "'onOverrun' must not be null");
        check(!limit.isNegative(), "limit", "must be at least 0", limit);
        check(
                onOverrun != OnOverrun.INTERRUPT || !limit.isZero(),
                "onOverrun",
                "must be 'report' where 'limit' is 0",
                "interrupt");
    }

    /** Returns whether calls have a limit. */
    boolean isLimited() {
        return !limit.isZero();
    }
}
