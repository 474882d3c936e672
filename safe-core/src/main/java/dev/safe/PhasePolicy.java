package dev.safe;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What a boundary does about panics, errors and hangs of one phase. Immutable and complete: start from
 * {@link #builtIn(Phase)}, or from another policy with {@link #toBuilder()}, and change what differs.
 *
 * @param onPanic what a panic turns into
 * @param errors unchecked types that count as returned errors; meaningful for setup and teardown
 * @param log how many panics are reported in full
 * @param quarantine when to stop calling
 * @param budget how long a call may take
 * @since 0.1
 */
public record PhasePolicy(
        OnPanic onPanic,
        Set<Class<? extends Throwable>> errors,
        LogPolicy log,
        QuarantinePolicy quarantine,
        BudgetPolicy budget) {

    /**
     * Copies the set of errors.
     *
     * @throws NullPointerException if an argument is null
     */
    public PhasePolicy {
        Objects.requireNonNull(onPanic, "'onPanic' must not be null");
        Objects.requireNonNull(log, "'log' must not be null");
        Objects.requireNonNull(quarantine, "'quarantine' must not be null");
        Objects.requireNonNull(budget, "'budget' must not be null");
        errors = Set.copyOf(errors);
    }

    /**
     * Returns the built-in policy of a phase: setup throws, the others suppress, and poll is quarantined if it keeps
     * panicking.
     *
     * @param phase the phase
     * @return its built-in policy
     */
    public static PhasePolicy builtIn(Phase phase) {
        return new PhasePolicy(
                phase == Phase.SETUP ? OnPanic.THROW : OnPanic.SUPPRESS,
                Set.of(),
                LogPolicy.DEFAULT,
                QuarantinePolicy.builder().enabled(phase == Phase.POLL).build(),
                BudgetPolicy.NONE);
    }

    /**
     * Starts from the built-in policy of a phase.
     *
     * @param phase the phase
     * @return a builder
     */
    public static Builder builder(Phase phase) {
        return builtIn(phase).toBuilder();
    }

    /**
     * Starts from this policy.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Checks that a phase can honour the policy.
     *
     * @throws InvalidPolicyException if this policy has a setting that the phase cannot honour
     */
    PhasePolicy checkedFor(Phase phase) {
        InvalidPolicyException.check(
                phase.isRejectable() || !quarantine.enabled(),
                "enabled",
                "must be false for setup and teardown, which are never rejected",
                true);
        String hold = quarantine.hold();
        if (hold != null) {
            InvalidPolicyException.check(
                    phase.isRejectable(),
                    "hold",
                    "must not be set for setup and teardown, which are never rejected",
                    hold);
        }
        InvalidPolicyException.check(
                !phase.isRejectable() || errors.isEmpty(),
                "errors",
                "must be empty but for setup and teardown, which alone return errors",
                errors);
        return this;
    }

    /** Builds a {@link PhasePolicy}. Not thread-safe. */
    public static final class Builder {

        private OnPanic onPanic;
        private Set<Class<? extends Throwable>> errors;
        private LogPolicy log;
        private QuarantinePolicy quarantine;
        private BudgetPolicy budget;

        private Builder(PhasePolicy start) {
            onPanic = start.onPanic;
            errors = start.errors;
            log = start.log;
            quarantine = start.quarantine;
            budget = start.budget;
        }

        /**
         * Sets what a panic turns into.
         *
         * @param onPanic suppress or throw
         * @return this builder
         */
        public Builder onPanic(OnPanic onPanic) {
            this.onPanic = onPanic;
            return this;
        }

        /**
         * Sets the unchecked types, subclasses included, that count as returned errors.
         *
         * @param errors the types
         * @return this builder
         */
        public Builder errors(Collection<Class<? extends Throwable>> errors) {
            this.errors = new LinkedHashSet<>(errors);
            return this;
        }

        /**
         * Sets how many panics are reported in full.
         *
         * @param log the policy
         * @return this builder
         */
        public Builder log(LogPolicy log) {
            this.log = log;
            return this;
        }

        /**
         * Sets when to stop calling.
         *
         * @param quarantine the policy
         * @return this builder
         */
        public Builder quarantine(QuarantinePolicy quarantine) {
            this.quarantine = quarantine;
            return this;
        }

        /**
         * Sets how long a call may take.
         *
         * @param budget the policy
         * @return this builder
         */
        public Builder budget(BudgetPolicy budget) {
            this.budget = budget;
            return this;
        }

        /**
         * Builds the policy.
         *
         * @return the policy
         */
        public PhasePolicy build() {
            return new PhasePolicy(onPanic, errors, log, quarantine, budget);
        }
    }
}
