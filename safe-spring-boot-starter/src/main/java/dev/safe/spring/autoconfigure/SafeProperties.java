package dev.safe.spring.autoconfigure;

import dev.safe.OnOverrun;
import dev.safe.OnPanic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Everything under {@code safe}. A setting of a phase that is null is inherited: an extension's phase from the phase, that
 * from what is built in. Immutable.
 *
 * @param enabled Whether extension beans are contained.
 * @param passThrough Throwable types that are control flow of the host's engine: they leave every entry point unchanged.
 * @param unguarded What is done about an extension bean that no advice reaches.
 * @param metrics Settings of the meters.
 * @param health Settings of the health contributor.
 * @param phases Policies of the phases.
 * @param extensions Policies of single extensions, by name; a name with dots needs brackets.
 * @since 0.1
 */
@ConfigurationProperties(prefix = "safe", ignoreUnknownFields = false)
public record SafeProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue List<Class<?>> passThrough,
        @DefaultValue("warn") Unguarded unguarded,
        @DefaultValue Metrics metrics,
        @DefaultValue Health health,
        @DefaultValue Phases phases,
        @DefaultValue Map<String, Extension> extensions) {

    /** What is bound where nothing is set. */
    static final SafeProperties DEFAULTS = defaults();

    private static SafeProperties defaults() {
        Phase phase = new Phase(
                null,
                null,
                new Log(null, null, null),
                new Quarantine(null, null, null, null, null, null, null, null),
                new Budget(null, null));
        return new SafeProperties(
                true,
                List.of(),
                Unguarded.WARN,
                new Metrics(false),
                new Health(null, null),
                new Phases(phase, phase, phase, phase, phase),
                Map.of());
    }

    /** What is done about an extension bean that no advice reaches. */
    public enum Unguarded {

        /** It is logged. */
        WARN,

        /** The start fails. */
        FAIL
    }

    /**
     * Settings of the meters.
     *
     * @param timers Whether calls are timed.
     */
    public record Metrics(@DefaultValue("false") boolean timers) {}

    /**
     * Settings of the health contributor.
     *
     * @param quarantinedStatus Health status while an extension is in quarantine; UP if not set.
     * @param failedStatus Health status while the setup of an extension has failed; UP if not set.
     */
    public record Health(
            @Nullable String quarantinedStatus, @Nullable String failedStatus) {}

    /**
     * Policies of one extension.
     *
     * @param phases Policies of its phases.
     */
    public record Extension(@DefaultValue Phases phases) {}

    /**
     * A policy for each phase.
     *
     * @param setup Policy of setup.
     * @param poll Policy of poll.
     * @param finalizeStep Policy of finalize.
     * @param teardown Policy of teardown.
     * @param host Policy of host functions.
     */
    public record Phases(
            @DefaultValue Phase setup,
            @DefaultValue Phase poll,
            @Name("finalize") @DefaultValue Phase finalizeStep,
            @DefaultValue Phase teardown,
            @DefaultValue Phase host) {

        Phase of(dev.safe.Phase phase) {
            return switch (phase) {
                case SETUP -> setup;
                case POLL -> poll;
                case FINALIZE -> finalizeStep;
                case TEARDOWN -> teardown;
                case HOST -> host;
            };
        }
    }

    /**
     * Policy of a phase.
     *
     * @param onPanic What a panic turns into for the caller.
     * @param errors Unchecked types that count as returned errors, for setup and teardown.
     * @param log How many panics are reported in full.
     * @param quarantine When a panicking extension is no longer called.
     * @param budget How long a call may take.
     */
    public record Phase(
            @Nullable OnPanic onPanic,
            @Nullable List<Class<?>> errors,
            @DefaultValue Log log,
            @DefaultValue Quarantine quarantine,
            @DefaultValue Budget budget) {}

    /**
     * How many panics are reported in full.
     *
     * @param burst Full reports per interval.
     * @param interval Length of an interval.
     * @param stackTrace Whether log records carry the stack trace.
     */
    public record Log(
            @Nullable Integer burst,
            @Nullable Duration interval,
            @Nullable Boolean stackTrace) {}

    /**
     * When a panicking extension is no longer called, and how it comes back.
     *
     * @param enabled Whether panics can lead to quarantine.
     * @param threshold Panics within the window that lead to quarantine.
     * @param window How far back panics count.
     * @param initialBackoff First time after which a probe is let through.
     * @param maxBackoff Longest time after which a probe is let through.
     * @param multiplier How much longer each further backoff is.
     * @param jitter Fraction by which a backoff is randomly longer or shorter.
     * @param maxTrips Trips after which it stays disabled until released; 0 for never.
     */
    public record Quarantine(
            @Nullable Boolean enabled,
            @Nullable Integer threshold,
            @Nullable Duration window,
            @Nullable Duration initialBackoff,
            @Nullable Duration maxBackoff,
            @Nullable Double multiplier,
            @Nullable Double jitter,
            @Nullable Integer maxTrips) {}

    /**
     * How long a call may take.
     *
     * @param limit Longest time a call may take; 0 for no budget.
     * @param onOverrun What is done about a call that takes longer.
     */
    public record Budget(@Nullable Duration limit, @Nullable OnOverrun onOverrun) {}
}
