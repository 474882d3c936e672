package dev.safe.spring.metrics;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.GuardListener;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.Tally;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the counts of a guard as meters with the tags {@code extension} and {@code phase}, all of them registered when
 * the extension is first seen. Thread-safe.
 *
 * @since 0.1
 */
public final class ExtensionMeters implements GuardListener {

    private final ExtensionGuard guard;
    private final MeterRegistry registry;
    private final boolean timers;
    private final Map<String, Map<Phase, PhaseMeters>> meters = new ConcurrentHashMap<>();

    /**
     * Creates the listener.
     *
     * @param guard whose counts are published
     * @param registry where the meters are registered
     * @param timers whether calls are timed
     */
    public ExtensionMeters(ExtensionGuard guard, MeterRegistry registry, boolean timers) {
        this.guard = guard;
        this.registry = registry;
        this.timers = timers;
    }

    @Override
    public void onRegistered(ExtensionSnapshot extension) {
        Map<Phase, PhaseMeters> phases = meters.computeIfAbsent(extension.name(), name -> new ConcurrentHashMap<>());
        for (Phase phase : Phase.values()) {
            PhaseMeters phaseMeters = phases.computeIfAbsent(
                    phase, key -> new PhaseMeters(registry, guard, extension.name(), key, timers));
            PhaseSnapshot counts = extension.phase(phase);
            for (Tally tally : Tally.values()) {
                phaseMeters.publish(tally, counts.count(tally));
            }
        }
    }

    @Override
    public void onRemoved(String extension) {
        Map<Phase, PhaseMeters> removed = meters.remove(extension);
        if (removed != null) {
            removed.values().forEach(PhaseMeters::remove);
        }
    }

    @Override
    public void onCount(String extension, Phase phase, Tally tally, long total) {
        PhaseMeters phaseMeters = of(extension, phase);
        if (phaseMeters != null) {
            phaseMeters.publish(tally, total);
        }
    }

    @Override
    public void onCall(String extension, Phase phase, long nanos) {
        PhaseMeters phaseMeters = of(extension, phase);
        if (phaseMeters != null) {
            phaseMeters.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private @Nullable PhaseMeters of(String extension, Phase phase) {
        Map<Phase, PhaseMeters> phases = meters.get(extension);
        return phases == null ? null : phases.get(phase);
    }
}
