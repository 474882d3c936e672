package dev.safe.spring.metrics;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.GuardListener;
import dev.safe.Phase;
import dev.safe.RestartReport;
import dev.safe.Tally;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Publishes the counts of a guard as meters with the tags {@code extension} and {@code phase}, and the state of each extension with
 * the tags {@code extension} and {@code state}. All meters of an extension are registered when it is first seen. If several listeners publish the same guard in the same registry,
 * each count is still published once. Thread-safe.
 *
 * @since 0.1
 */
public final class ExtensionMeters implements GuardListener, AutoCloseable {

    private final RegistryMeters[] registries;

    /** Identifies this listener where a reference to it would keep it alive. */
    private final Object identity = new Object();

    private volatile boolean closed;

    /**
     * Creates the listener.
     *
     * @param guard the guard whose counts are published
     * @param registry where the meters are registered
     * @param timers whether calls are timed
     */
    public ExtensionMeters(ExtensionGuard guard, MeterRegistry registry, boolean timers) {
        this(guard, List.of(registry), timers);
    }

    private ExtensionMeters(ExtensionGuard guard, Collection<MeterRegistry> registries, boolean timers) {
        this.registries = registries.stream()
                .map(registry -> RegistryMeters.of(guard, registry, timers))
                .distinct()
                .toArray(RegistryMeters[]::new);
    }

    /**
     * Creates a listener for a child context, whose registry may combine its parent's and its own. Registers the meters
     * in each part that no other listener publishes to.
     *
     * @param guard the guard whose counts are published
     * @param registries where the meters are registered
     * @param timers whether calls are timed
     * @return a new listener
     */
    public static ExtensionMeters forLeaves(
            ExtensionGuard guard, Collection<? extends MeterRegistry> registries, boolean timers) {
        List<MeterRegistry> parts = registries.stream()
                .flatMap(registry -> RegistryMeters.leaves(registry).stream())
                .distinct()
                .toList();
        return new ExtensionMeters(guard, parts, timers);
    }

    @Override
    public void onRegistered(ExtensionSnapshot extension) {
        forEach(registry -> registry.register(extension));
    }

    @Override
    public void onRemoved(String extension) {
        forEach(registry -> registry.remove(extension));
    }

    /** Does something with each registry, even if it fails with another. */
    private void forEach(Consumer<RegistryMeters> what) {
        Attempts attempts = new Attempts();
        for (RegistryMeters registry : registries) {
            attempts.make(() -> what.accept(registry));
        }
        attempts.rethrow();
    }

    @Override
    public void onCount(String extension, Phase phase, Tally tally, long total) {
        for (RegistryMeters registry : registries) {
            registry.publish(extension, phase, tally, total);
        }
    }

    @Override
    public void onRestarted(RestartReport report) {
        for (RegistryMeters registry : registries) {
            registry.publishRestarts(report.extension(), report.restarts());
        }
    }

    @Override
    public void onCall(String extension, Phase phase, long nanos) {
        if (closed) {
            return;
        }
        for (RegistryMeters registry : registries) {
            registry.record(identity, extension, phase, nanos);
        }
    }

    /** Stops recording calls, so that another listener of the same registries can. Still publishes counts. */
    @Override
    public void close() {
        closed = true;
        for (RegistryMeters registry : registries) {
            registry.stopRecording(identity);
        }
    }
}
