package dev.safe.spring.autoconfigure;

import dev.safe.OnOverrun;
import dev.safe.OnPanic;
import dev.safe.StackTraceLogging;
import dev.safe.supervisor.ExtensionSupervisor;
import dev.safe.supervisor.RestartPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Properties under {@code safe}. A setting that is null is inherited: an extension's phase inherits from the phase, and the
 * phase from what is built in. Immutable.
 *
 * @param enabled Whether extension beans are contained.
 * @param passThrough Throwable types of the host engine's own control flow, which pass through every entry point unchanged.
 * @param unguarded What happens when no advice reaches an extension bean.
 * @param metrics Settings of the meters.
 * @param health Settings of the health contributor.
 * @param phases Policies of the phases.
 * @param supervisor Settings of the supervisor, which runs all extensions where there is an EventSink bean.
 * @param extensions Policies of single extensions, by name, with brackets around a name that has dots.
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
        @DefaultValue Supervisor supervisor,
        @DefaultValue Map<String, Extension> extensions) {

    /** Equal to what is bound if nothing is set. */
    static final SafeProperties DEFAULTS = defaults();

    private static SafeProperties defaults() {
        Phase phase = new Phase(
                null,
                null,
                new Log(null, null, null),
                new Quarantine(null, null, null, null, null, null, null, null, null, null),
                new Budget(null, null));
        return new SafeProperties(
                true,
                List.of(),
                Unguarded.WARN,
                new Metrics(false),
                new Health(HealthStatus.UP, HealthStatus.UP),
                new Phases(phase, phase, phase, phase, phase),
                supervisorDefaults(),
                Map.of());
    }

    private static Supervisor supervisorDefaults() {
        RestartPolicy restart = RestartPolicy.DEFAULT;
        return new Supervisor(
                true,
                ExtensionSupervisor.Builder.DEFAULT_MAX_IN_FLIGHT,
                Duration.ofMillis(1),
                Duration.ofSeconds(10),
                null,
                new Restart(
                        true,
                        restart.afterTrips(),
                        restart.initialBackoff(),
                        restart.maxBackoff(),
                        restart.multiplier(),
                        restart.maxRestarts(),
                        restart.within()),
                Map.of());
    }

    /** Says what happens when no advice reaches an extension bean. */
    public enum Unguarded {

        /** Logs a warning. */
        WARN,

        /** Fails the start. */
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
     * @param quarantinedStatus Health status while an extension is in quarantine.
     * @param failedStatus Health status while an extension's setup has failed.
     */
    public record Health(
            @DefaultValue("UP") HealthStatus quarantinedStatus,
            @DefaultValue("UP") HealthStatus failedStatus) {}

    /** The health statuses of Boot, which know how severe they are and which status code they stand for. */
    public enum HealthStatus {

        /** The application works. */
        UP,

        /** The application has failed. */
        DOWN,

        /** The application is taken out of service. */
        OUT_OF_SERVICE,

        /** Nothing is known of the application. */
        UNKNOWN
    }

    /**
     * Settings of the supervisor.
     *
     * @param enabled Whether the extension beans are run where there is an EventSink bean.
     * @param maxInFlight Number of events of an extension that may be undone before its loop stops polling.
     * @param pause How long a loop rests when nothing is pending.
     * @param teardownDeadline How long an extension may take to stop.
     * @param virtualThreads Whether loops run on virtual threads, by default as the application does.
     * @param restart When an extension is restarted.
     * @param extensions Settings of single extensions, by name, with brackets around a name that has dots.
     */
    public record Supervisor(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1024") int maxInFlight,
            @DefaultValue("1ms") Duration pause,
            @DefaultValue("10s") Duration teardownDeadline,
            @Nullable Boolean virtualThreads,
            @DefaultValue Restart restart,
            @DefaultValue Map<String, Supervised> extensions) {}

    /**
     * When an extension is restarted.
     *
     * @param enabled Whether extensions are restarted that failed or do not recover.
     * @param afterTrips Number of trips of poll in a row that lead to a restart.
     * @param initialBackoff How long the first restart waits.
     * @param maxBackoff How long a restart waits at most.
     * @param multiplier Factor by which each further restart waits longer.
     * @param maxRestarts Number of restarts within the period after which the extension has failed.
     * @param within Period in which restarts are counted.
     */
    public record Restart(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("3") int afterTrips,
            @DefaultValue("1s") Duration initialBackoff,
            @DefaultValue("5m") Duration maxBackoff,
            @DefaultValue("2.0") double multiplier,
            @DefaultValue("10") int maxRestarts,
            @DefaultValue("1h") Duration within) {}

    /**
     * How one extension is run.
     *
     * @param dependsOn Names of the extensions that are set up before it and torn down after it.
     * @param config Configuration that the extension is set up with.
     */
    public record Supervised(
            @DefaultValue List<String> dependsOn,
            @DefaultValue Map<String, Object> config) {}

    /**
     * Policies of one extension.
     *
     * @param phases Policies of its phases.
     */
    public record Extension(@DefaultValue Phases phases) {}

    /**
     * Policies of the phases.
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
     * @param errors Unchecked exception types that count as returned errors, for setup and teardown only.
     * @param log How panics are logged.
     * @param quarantine When calls of a panicking extension are rejected.
     * @param budget How long a call may take.
     */
    public record Phase(
            @Nullable OnPanic onPanic,
            @Nullable List<Class<?>> errors,
            @DefaultValue Log log,
            @DefaultValue Quarantine quarantine,
            @DefaultValue Budget budget) {}

    /**
     * How panics are logged.
     *
     * @param burst Number of panics logged in full per interval.
     * @param interval Length of the interval that limits full log records.
     * @param stackTrace Which log records carry the stack trace.
     */
    public record Log(
            @Nullable Integer burst,
            @Nullable Duration interval,
            @Nullable StackTraceLogging stackTrace) {}

    /**
     * When calls of a panicking extension are rejected, and when they go through again.
     *
     * @param enabled Whether panics can lead to quarantine.
     * @param threshold Number of panics within the window that lead to quarantine.
     * @param window How far back panics count towards the threshold.
     * @param initialBackoff How long calls are rejected at first.
     * @param maxBackoff How long calls are rejected at most.
     * @param multiplier Factor by which each further backoff is longer.
     * @param jitter Fraction by which a backoff is randomly longer or shorter.
     * @param maxTrips Number of trips after which the extension stays disabled until released, 0 for no limit.
     * @param overruns Whether a call over its budget counts as a panic does.
     * @param hold Why calls are rejected for as long as this is set, not for setup and teardown.
     */
    public record Quarantine(
            @Nullable Boolean enabled,
            @Nullable Integer threshold,
            @Nullable Duration window,
            @Nullable Duration initialBackoff,
            @Nullable Duration maxBackoff,
            @Nullable Double multiplier,
            @Nullable Double jitter,
            @Nullable Integer maxTrips,
            @Nullable Boolean overruns,
            @Nullable String hold) {}

    /**
     * How long a call may take.
     *
     * @param limit Longest time a call may take, 0 for no budget.
     * @param onOverrun What happens to a call that takes longer.
     */
    public record Budget(@Nullable Duration limit, @Nullable OnOverrun onOverrun) {}
}
