package dev.safe.spring.metrics;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineSnapshot;
import dev.safe.QuarantineState;
import dev.safe.Tally;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Holds the meters of one boundary. Thread-safe. */
final class PhaseMeters {

    private final Map<Tally, RaisedCounter> counters = new EnumMap<>(Tally.class);
    private final @Nullable PendingMeter<Timer> timer;

    PhaseMeters(RegisteredMeters meters, ExtensionGuard guard, String extension, Phase phase, boolean timed) {
        Tags tags = Tags.of("extension", extension, "phase", phase.tag());
        for (Tally tally : Tally.values()) {
            counters.put(tally, meters.counter(ExtensionMeter.of(tally), tags));
        }
        meters.gauge(ExtensionMeter.QUARANTINED, tags, guard, read(extension, phase, PhaseMeters::quarantined));
        meters.gauge(ExtensionMeter.DISABLED, tags, guard, read(extension, phase, PhaseMeters::disabled));
        meters.gauge(ExtensionMeter.STUCK, tags, guard, read(extension, phase, PhaseSnapshot::stuck));
        timer = timed ? meters.timer(ExtensionMeter.CALLS, tags) : null;
    }

    private static double quarantined(PhaseSnapshot now) {
        return now.quarantine().state() == QuarantineState.CLEAR ? 0 : 1;
    }

    /** Returns 1 for a quarantine without a known end: after too many trips, by hand, or by policy. */
    private static double disabled(PhaseSnapshot now) {
        QuarantineSnapshot quarantine = now.quarantine();
        return switch (quarantine.state()) {
            case DISABLED -> 1;
            case QUARANTINED -> quarantine.until() == null ? 1 : 0;
            case CLEAR, PROBING -> 0;
        };
    }

    /** Reads one boundary only, since a scrape reads all gauges of all extensions. */
    private static ToDoubleFunction<ExtensionGuard> read(
            String extension, Phase phase, ToDoubleFunction<PhaseSnapshot> value) {
        return guard ->
                guard.snapshot(extension, phase).map(value::applyAsDouble).orElse(0.0);
    }

    void publish(Tally tally, long total) {
        RaisedCounter counter = counters.get(tally);
        if (counter != null) {
            counter.raiseTo(total);
        }
    }

    void record(long nanos) {
        if (timer != null) {
            List<Timer> registered = timer.meters();
            for (int i = 0; i < registered.size(); i++) { // An iterator would be an object for each call.
                registered.get(i).record(nanos, TimeUnit.NANOSECONDS);
            }
        }
    }
}
