package dev.safe.spring.metrics;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.Tally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Holds all meters of one extension in one registry. A meter that the registry or a filter refuses keeps no other from
 * being registered, and is tried again. Thread-safe.
 */
final class RegisteredMeters {

    /** Limits how many counts pass before a meter is tried again. */
    private static final int LONGEST_WAIT = 1_024;

    private final MeterRegistry registry;
    private final List<PendingMeter<?>> meters = new ArrayList<>();
    private final Map<Phase, PhaseMeters> phases = new EnumMap<>(Phase.class);
    private final RaisedCounter restarts;

    /** Whether all meters are registered. */
    private volatile boolean complete;

    private boolean tried;
    private boolean removed;

    /** How many counts came while meters were missing. */
    private long counts;

    /** At which of these counts the meters that are missing are tried again. */
    private long nextTry = 1;

    RegisteredMeters(MeterRegistry registry, ExtensionGuard guard, String extension, boolean timers) {
        this.registry = registry;
        for (Phase phase : Phase.values()) {
            phases.put(phase, new PhaseMeters(this, guard, extension, phase, timers));
        }
        for (ExtensionState state : ExtensionState.values()) {
            Tags tags = Tags.of("extension", extension, "state", state.name().toLowerCase(Locale.ROOT));
            gauge(ExtensionMeter.STATE, tags, guard, is(extension, state));
        }
        restarts = counter(ExtensionMeter.RESTARTS, Tags.of("extension", extension)); // Stays 0 without a supervisor.
    }

    /** Reads only the state, since a scrape asks once for each state of each extension. */
    private static ToDoubleFunction<ExtensionGuard> is(String extension, ExtensionState state) {
        return guard -> guard.state(extension).filter(state::equals).isPresent() ? 1 : 0;
    }

    RaisedCounter counter(ExtensionMeter meter, Tags tags) {
        return new RaisedCounter(pending(meter, target -> Counter.builder(meter.id())
                .description(meter.description())
                .tags(tags)
                .register(target)));
    }

    void gauge(ExtensionMeter meter, Tags tags, ExtensionGuard guard, ToDoubleFunction<ExtensionGuard> value) {
        pending(meter, target -> Gauge.builder(meter.id(), guard, value)
                .description(meter.description())
                .tags(tags)
                .register(target));
    }

    PendingMeter<Timer> timer(ExtensionMeter meter, Tags tags) {
        return pending(meter, target -> Timer.builder(meter.id())
                .description(meter.description())
                .tags(tags)
                .register(target));
    }

    private <M extends Meter> PendingMeter<M> pending(ExtensionMeter meter, Function<MeterRegistry, M> registration) {
        PendingMeter<M> pending = new PendingMeter<>(meter.id(), registration);
        meters.add(pending);
        return pending;
    }

    /**
     * Registers the meters that are not registered yet, each on its own, and raises the counters to what a snapshot says.
     *
     * @throws IllegalStateException if a meter could not be registered, the first time only: it is tried again, and one
     *     line of the log is enough
     */
    void register(ExtensionSnapshot extension) {
        Attempts attempts = new Attempts();
        List<String> missing = new ArrayList<>();
        boolean first;
        synchronized (this) {
            first = !tried;
            tried = true;
            for (PendingMeter<?> meter : meters) {
                if (!removed && !attempts.make(() -> meter.register(registry))) {
                    missing.add(meter.name());
                }
            }
            complete = missing.isEmpty();
        }
        publish(extension);
        if (first && !missing.isEmpty()) {
            throw new IllegalStateException(
                    "%d of %d meters could not be registered, the first is %s: %s"
                            .formatted(missing.size(), meters.size(), missing.get(0), attempts.firstFailure()),
                    attempts.firstFailure());
        }
    }

    /**
     * Returns whether to try again to register the meters that are missing: at the 1st count, the 2nd, the 4th, the 8th and
     * so on, since a filter that always fails must not cost much at every panic.
     */
    boolean isToBeTriedAgain() {
        return !complete && hasWaited();
    }

    private synchronized boolean hasWaited() {
        counts++;
        if (counts < nextTry) {
            return false;
        }
        nextTry = counts + Math.min(counts, LONGEST_WAIT);
        return true;
    }

    private void publish(ExtensionSnapshot extension) {
        Attempts attempts = new Attempts();
        Long restarted = extension.restarts();
        if (restarted != null) {
            attempts.make(() -> restarts.raiseTo(restarted));
        }
        phases.forEach((phase, phaseMeters) -> {
            for (Tally tally : Tally.values()) {
                attempts.make(
                        () -> phaseMeters.publish(tally, extension.phase(phase).count(tally)));
            }
        });
        attempts.rethrow();
    }

    void publishRestarts(long total) {
        restarts.raiseTo(total);
    }

    void publish(Phase phase, Tally tally, long total) {
        PhaseMeters phaseMeters = phases.get(phase);
        if (phaseMeters != null) {
            phaseMeters.publish(tally, total);
        }
    }

    void record(Phase phase, long nanos) {
        PhaseMeters phaseMeters = phases.get(phase);
        if (phaseMeters != null) {
            phaseMeters.record(nanos);
        }
    }

    /** Removes the meters that are registered. None is registered afterwards. */
    void remove() {
        Attempts attempts = new Attempts();
        synchronized (this) {
            removed = true;
            meters.forEach(meter -> meter.remove(registry, attempts));
        }
        attempts.rethrow();
    }
}
