package dev.safe.spring.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.safe.BudgetPolicy;
import dev.safe.LogPolicy;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import dev.safe.spring.DurationText;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Describes the policy in force for one boundary, in the words of the properties. Durations are texts that a property
 * accepts. Immutable.
 *
 * @param onPanic what a panic turns into
 * @param errors unchecked types that count as returned errors; left out of JSON if there are none
 * @param log how panics are logged
 * @param quarantine when calls are rejected
 * @param budget how long a call may take
 * @since 0.1
 */
public record PolicyDescriptor(
        String onPanic,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> errors,
        LogDescriptor log,
        QuarantinePolicyDescriptor quarantine,
        BudgetDescriptor budget) {

    static PolicyDescriptor of(PhasePolicy policy) {
        return new PolicyDescriptor(
                word(policy.onPanic()),
                policy.errors().stream().map(Class::getName).sorted().toList(),
                LogDescriptor.of(policy.log()),
                QuarantinePolicyDescriptor.of(policy.quarantine()),
                BudgetDescriptor.of(policy.budget()));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Describes how panics are logged.
     *
     * @param burst full records per interval
     * @param interval the length of an interval
     * @param stackTrace which records carry the stack trace
     */
    public record LogDescriptor(int burst, String interval, String stackTrace) {

        private static LogDescriptor of(LogPolicy log) {
            return new LogDescriptor(log.burst(), DurationText.of(log.interval()), word(log.stackTrace()));
        }
    }

    /**
     * Describes when calls are rejected.
     *
     * @param enabled whether panics can lead to quarantine
     * @param threshold panics within the window that lead to it
     * @param window how far back panics count
     * @param initialBackoff how long calls are rejected at first
     * @param maxBackoff how long calls are rejected at most
     * @param multiplier how much longer each further backoff is
     * @param jitter the fraction by which a backoff is randomly longer or shorter
     * @param maxTrips after how many trips the extension stays disabled until released, 0 for no limit
     * @param overruns whether a call over its budget counts as a panic does
     * @param hold why the configuration holds the boundary in quarantine, or null
     */
    public record QuarantinePolicyDescriptor(
            boolean enabled,
            int threshold,
            String window,
            String initialBackoff,
            String maxBackoff,
            double multiplier,
            double jitter,
            int maxTrips,
            boolean overruns,
            @Nullable String hold) {

        private static QuarantinePolicyDescriptor of(QuarantinePolicy quarantine) {
            return new QuarantinePolicyDescriptor(
                    quarantine.enabled(),
                    quarantine.threshold(),
                    DurationText.of(quarantine.window()),
                    DurationText.of(quarantine.initialBackoff()),
                    DurationText.of(quarantine.maxBackoff()),
                    quarantine.multiplier(),
                    quarantine.jitter(),
                    quarantine.maxTrips(),
                    quarantine.overruns(),
                    quarantine.hold());
        }
    }

    /**
     * Describes how long a call may take.
     *
     * @param limit the longest time a call may take, 0s for no budget
     * @param onOverrun what happens to a call that takes longer
     */
    public record BudgetDescriptor(String limit, String onOverrun) {

        private static BudgetDescriptor of(BudgetPolicy budget) {
            return new BudgetDescriptor(DurationText.of(budget.limit()), word(budget.onOverrun()));
        }
    }
}
