package dev.safe.spring.metrics;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.QuarantineState;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Holds the meters of one boundary. Thread-safe. */
final class PhaseMeters {

    private static final String PREFIX = "safe.extension.";

    /** Raises a counter to a total, so that a count that arrives late or out of order is neither lost nor doubled. */
    private record Published(Counter counter, AtomicLong total) {

        void raiseTo(long wanted) {
            long before = total.getAndAccumulate(wanted, Math::max);
            if (wanted > before) {
                counter.increment((double) (wanted - before));
            }
        }
    }

    private final MeterRegistry registry;
    private final Map<Tally, Published> counters = new EnumMap<>(Tally.class);
    private final List<Meter> meters = new ArrayList<>();
    private final @Nullable Timer timer;

    PhaseMeters(MeterRegistry registry, ExtensionGuard guard, String extension, Phase phase, boolean timed) {
        this.registry = registry;
        Tags tags = Tags.of("extension", extension, "phase", phase.tag());
        for (Tally tally : Tally.values()) {
            Counter counter = Counter.builder(PREFIX + tally.name().toLowerCase(Locale.ROOT))
                    .description(description(tally))
                    .tags(tags)
                    .register(registry);
            counters.put(tally, new Published(counter, new AtomicLong()));
            meters.add(counter);
        }
        meters.add(Gauge.builder(
                        PREFIX + "quarantined",
                        guard,
                        of(extension, phase, now -> now.quarantine().state() == QuarantineState.CLEAR ? 0 : 1))
                .description("Whether the boundary is in quarantine now")
                .tags(tags)
                .register(registry));
        meters.add(Gauge.builder(PREFIX + "stuck", guard, of(extension, phase, PhaseSnapshot::stuck))
                .description("Calls over their budget now")
                .tags(tags)
                .register(registry));
        timer = timed
                ? Timer.builder(PREFIX + "calls")
                        .description("Calls")
                        .tags(tags)
                        .register(registry)
                : null;
        if (timer != null) {
            meters.add(timer);
        }
    }

    private static String description(Tally tally) {
        return switch (tally) {
            case PANICS -> "What the extension threw other than as its declared outcome";
            case ERRORS -> "Errors returned by setup and teardown";
            case REJECTED -> "Calls not made because of quarantine";
            case QUARANTINES -> "Times the boundary entered quarantine";
            case OVERRUNS -> "Calls that outlasted their budget";
        };
    }

    private static ToDoubleFunction<ExtensionGuard> of(
            String extension, Phase phase, ToDoubleFunction<PhaseSnapshot> value) {
        return guard -> guard.snapshot(extension)
                .map(snapshot -> value.applyAsDouble(snapshot.phase(phase)))
                .orElse(0.0);
    }

    void publish(Tally tally, long total) {
        Published published = counters.get(tally);
        if (published != null) {
            published.raiseTo(total);
        }
    }

    void record(long amount, TimeUnit unit) {
        if (timer != null) {
            timer.record(amount, unit);
        }
    }

    void remove() {
        meters.forEach(registry::remove);
    }
}
