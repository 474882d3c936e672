package dev.safe;

import static dev.safe.InvalidPolicyException.check;

import dev.safe.internal.render.SafeText;
import dev.safe.internal.time.Nanos;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a boundary stops calling an extension that keeps panicking, and how it comes back.
 *
 * <p>{@code threshold} panics, or calls over their budget, within {@code window} trip the boundary. Calls are then
 * rejected for a backoff, after which a single one is let through as a probe. If that returns, the boundary is clear
 * again; if it panics, the next backoff is {@code multiplier} times as long, up to {@code maxBackoff}. Immutable.
 *
 * @param enabled whether panics can trip the boundary; quarantine by hand works regardless
 * @param threshold panics within the window that trip it, 1 to {@value #MAX_THRESHOLD}
 * @param window how far back panics count, more than zero
 * @param initialBackoff the first backoff, more than zero
 * @param maxBackoff the longest backoff, at least {@code initialBackoff}
 * @param multiplier how much longer each further backoff is, at least 1
 * @param jitter the fraction by which a backoff is randomly longer or shorter, 0 to 1
 * @param maxTrips after this many trips, failed probes included, it stays disabled until released; 0 for never
 * @param overruns whether a call over its budget counts as a panic does
 * @param hold if set, all calls are rejected, and this is the reason that operators read; null for no hold
 * @since 0.1
 */
public record QuarantinePolicy(
        boolean enabled,
        int threshold,
        Duration window,
        Duration initialBackoff,
        Duration maxBackoff,
        double multiplier,
        double jitter,
        int maxTrips,
        boolean overruns,
        @Nullable String hold) {

    /** The largest threshold. A boundary remembers the time of that many panics. */
    public static final int MAX_THRESHOLD = 10_000;

    private static final Duration BUILT_IN_INITIAL_BACKOFF = Duration.ofSeconds(1);
    private static final Duration BUILT_IN_MAX_BACKOFF = Duration.ofMinutes(5);

    /** Off, with the settings that apply once it is {@linkplain Builder#enabled(boolean) enabled}. */
    public static final QuarantinePolicy DEFAULT = new QuarantinePolicy(
            false, 5, Duration.ofSeconds(10), BUILT_IN_INITIAL_BACKOFF, BUILT_IN_MAX_BACKOFF, 2.0, 0.2, 0, true, null);

    /**
     * Checks the settings.
     *
     * @throws InvalidPolicyException if one is out of range or two contradict each other
     * @throws NullPointerException if a duration is null
     */
    public QuarantinePolicy {
        Objects.requireNonNull(window, "'window' must not be null");
        Objects.requireNonNull(initialBackoff, "'initialBackoff' must not be null");
        Objects.requireNonNull(maxBackoff, "'maxBackoff' must not be null");
        check(
                threshold >= 1 && threshold <= MAX_THRESHOLD,
                "threshold",
                "must be at least 1 and at most " + MAX_THRESHOLD,
                threshold);
        check(window.compareTo(Duration.ZERO) > 0, "window", "must be more than 0", window);
        check(initialBackoff.compareTo(Duration.ZERO) > 0, "initialBackoff", "must be more than 0", initialBackoff);
        checkOrder(initialBackoff, maxBackoff);
        check(multiplier >= 1 && Double.isFinite(multiplier), "multiplier", "must be at least 1", multiplier);
        check(jitter >= 0 && jitter <= 1, "jitter", "must be at least 0 and at most 1", jitter);
        check(maxTrips >= 0, "maxTrips", "must be at least 0", maxTrips);
        if (hold != null) {
            check(!SafeText.isBlank(hold), "hold", "must say why, or be null", "'" + hold + "'");
        }
    }

    /**
     * Checks that the backoffs are in order. Blames the one that differs from its default, since the other was probably
     * not set.
     */
    private static void checkOrder(Duration initialBackoff, Duration maxBackoff) {
        boolean inOrder = initialBackoff.compareTo(maxBackoff) <= 0;
        if (maxBackoff.equals(BUILT_IN_MAX_BACKOFF)) {
            check(
                    inOrder,
                    "initialBackoff",
                    "must be at most 'maxBackoff' (" + Nanos.format(maxBackoff) + ", built in)",
                    initialBackoff);
        }
        String origin = initialBackoff.equals(BUILT_IN_INITIAL_BACKOFF) ? ", built in" : "";
        check(
                inOrder,
                "maxBackoff",
                "must be at least 'initialBackoff' (" + Nanos.format(initialBackoff) + origin + ")",
                maxBackoff);
    }

    /**
     * Starts from {@link #DEFAULT}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return DEFAULT.toBuilder();
    }

    /**
     * Starts from this policy.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds a {@link QuarantinePolicy}. Not thread-safe. */
    public static final class Builder {

        private boolean enabled;
        private int threshold;
        private Duration window;
        private Duration initialBackoff;
        private Duration maxBackoff;
        private double multiplier;
        private double jitter;
        private int maxTrips;
        private boolean overruns;
        private @Nullable String hold;

        private Builder(QuarantinePolicy start) {
            enabled = start.enabled;
            threshold = start.threshold;
            window = start.window;
            initialBackoff = start.initialBackoff;
            maxBackoff = start.maxBackoff;
            multiplier = start.multiplier;
            jitter = start.jitter;
            maxTrips = start.maxTrips;
            overruns = start.overruns;
            hold = start.hold;
        }

        /**
         * Sets whether panics can trip the boundary.
         *
         * @param enabled true if they can
         * @return this builder
         */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /**
         * Sets how many panics within the window trip the boundary.
         *
         * @param threshold 1 to {@value QuarantinePolicy#MAX_THRESHOLD}
         * @return this builder
         */
        public Builder threshold(int threshold) {
            this.threshold = threshold;
            return this;
        }

        /**
         * Sets how far back panics count.
         *
         * @param window more than zero
         * @return this builder
         */
        public Builder window(Duration window) {
            this.window = window;
            return this;
        }

        /**
         * Sets the first backoff.
         *
         * @param initialBackoff more than zero
         * @return this builder
         */
        public Builder initialBackoff(Duration initialBackoff) {
            this.initialBackoff = initialBackoff;
            return this;
        }

        /**
         * Sets the longest backoff.
         *
         * @param maxBackoff at least the first backoff
         * @return this builder
         */
        public Builder maxBackoff(Duration maxBackoff) {
            this.maxBackoff = maxBackoff;
            return this;
        }

        /**
         * Sets how much longer each further backoff is.
         *
         * @param multiplier at least 1
         * @return this builder
         */
        public Builder multiplier(double multiplier) {
            this.multiplier = multiplier;
            return this;
        }

        /**
         * Sets the fraction by which a backoff is randomly longer or shorter.
         *
         * @param jitter 0 to 1
         * @return this builder
         */
        public Builder jitter(double jitter) {
            this.jitter = jitter;
            return this;
        }

        /**
         * Sets after how many trips the boundary stays disabled until released.
         *
         * @param maxTrips the number of trips, 0 for never
         * @return this builder
         */
        public Builder maxTrips(int maxTrips) {
            this.maxTrips = maxTrips;
            return this;
        }

        /**
         * Sets whether a call over its budget counts as a panic does.
         *
         * @param overruns true if it does
         * @return this builder
         */
        public Builder overruns(boolean overruns) {
            this.overruns = overruns;
            return this;
        }

        /**
         * Holds the boundary in quarantine for as long as this policy is in force, beginning with the first call. No
         * release ends that, only a policy without the hold.
         *
         * @param hold the reason, as operators read it; null for none
         * @return this builder
         */
        public Builder hold(@Nullable String hold) {
            this.hold = hold;
            return this;
        }

        /**
         * Builds the policy.
         *
         * @return the policy
         * @throws InvalidPolicyException if a setting is out of range or two contradict each other
         */
        public QuarantinePolicy build() {
            return new QuarantinePolicy(
                    enabled,
                    threshold,
                    window,
                    initialBackoff,
                    maxBackoff,
                    multiplier,
                    jitter,
                    maxTrips,
                    overruns,
                    hold);
        }
    }
}
