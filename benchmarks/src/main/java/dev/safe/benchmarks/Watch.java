package dev.safe.benchmarks;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.LogPolicy;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import java.time.Duration;

/** Says what a guard watches besides panics. */
public enum Watch {

    /** Nothing else. */
    PLAIN,

    /** Panics, for quarantine. */
    QUARANTINE,

    /** How long a call takes, for a budget. */
    BUDGET,

    /** How long a call takes, for the meters. */
    TIMERS;

    ExtensionGuard guard() {
        return ExtensionGuard.builder()
                .policy(Phase.POLL, policy(Phase.POLL))
                .policy(Phase.HOST, policy(Phase.HOST))
                .timers(this == TIMERS)
                .build();
    }

    private PhasePolicy policy(Phase phase) {
        return PhasePolicy.builder(phase)
                .quarantine(
                        QuarantinePolicy.builder().enabled(this == QUARANTINE).build())
                .budget(
                        this == BUDGET
                                ? new BudgetPolicy(Duration.ofSeconds(1), OnOverrun.INTERRUPT)
                                : BudgetPolicy.NONE)
                .build();
    }

    /** Builds a guard that counts panics, and logs as many in full as the policy allows. */
    static ExtensionGuard counting(LogPolicy log) {
        return ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .log(log)
                                .quarantine(QuarantinePolicy.builder()
                                        .enabled(false)
                                        .build())
                                .build())
                .build();
    }
}
