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
import java.util.function.ToDoubleFunction;

/** Holds all meters of one extension in one registry. Thread-safe. */
final class RegisteredMeters {

    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Map<Phase, PhaseMeters> phases = new EnumMap<>(Phase.class);
    private final RaisedCounter restarts;

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
        return new RaisedCounter(added(Counter.builder(meter.id())
                .description(meter.description())
                .tags(tags)
                .register(registry)));
    }

    void gauge(ExtensionMeter meter, Tags tags, ExtensionGuard guard, ToDoubleFunction<ExtensionGuard> value) {
        added(Gauge.builder(meter.id(), guard, value)
                .description(meter.description())
                .tags(tags)
                .register(registry));
    }

    Timer timer(ExtensionMeter meter, Tags tags) {
        return added(Timer.builder(meter.id())
                .description(meter.description())
                .tags(tags)
                .register(registry));
    }

    private <M extends Meter> M added(M meter) {
        meters.add(meter);
        return meter;
    }

    /** Raises the counters to what a snapshot says. */
    void publish(ExtensionSnapshot extension) {
        Long restarted = extension.restarts();
        if (restarted != null) {
            restarts.raiseTo(restarted);
        }
        phases.forEach((phase, phaseMeters) -> {
            for (Tally tally : Tally.values()) {
                phaseMeters.publish(tally, extension.phase(phase).count(tally));
            }
        });
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

    void remove() {
        meters.forEach(registry::remove);
    }
}
