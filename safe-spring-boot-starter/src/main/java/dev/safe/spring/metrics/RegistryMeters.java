package dev.safe.spring.metrics;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.Tally;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Holds the meters of a guard in one registry. All listeners that publish the same guard in the same registry share
 * them, as those of a parent and a child context do. Counts are published as totals, so each is published once, however
 * many listeners receive it. Thread-safe.
 */
final class RegistryMeters {

    /** Kept alive only by the listeners that publish them. */
    private static final Map<ExtensionGuard, List<WeakReference<RegistryMeters>>> SHARED = new WeakHashMap<>();

    private final ExtensionGuard guard;
    private final MeterRegistry registry;
    private final boolean timers;
    private final Map<String, RegisteredMeters> meters = new ConcurrentHashMap<>();

    /** The only listener that may record calls, since a call has no total. */
    private final AtomicReference<@Nullable Object> recorder = new AtomicReference<>();

    private RegistryMeters(ExtensionGuard guard, MeterRegistry registry, boolean timers) {
        this.guard = guard;
        this.registry = registry;
        this.timers = timers;
    }

    static RegistryMeters of(ExtensionGuard guard, MeterRegistry registry, boolean timers) {
        synchronized (SHARED) {
            List<WeakReference<RegistryMeters>> known = SHARED.computeIfAbsent(guard, key -> new ArrayList<>());
            known.removeIf(reference -> reference.refersTo(null));
            for (WeakReference<RegistryMeters> reference : known) {
                RegistryMeters shared = reference.get();
                if (shared != null && leaves(shared.registry).containsAll(leaves(registry))) {
                    return shared;
                }
            }
            RegistryMeters created = new RegistryMeters(guard, registry, timers);
            known.add(new WeakReference<>(created));
            return created;
        }
    }

    /** Returns the registries that a composite consists of, or the registry itself if it is not a composite. */
    static Set<MeterRegistry> leaves(MeterRegistry registry) {
        Set<MeterRegistry> leaves = Collections.newSetFromMap(new IdentityHashMap<>());
        if (registry instanceof CompositeMeterRegistry composite) {
            composite.getRegistries().forEach(part -> leaves.addAll(leaves(part)));
        }
        if (leaves.isEmpty()) {
            leaves.add(registry);
        }
        return leaves;
    }

    void register(ExtensionSnapshot extension) {
        meters.computeIfAbsent(extension.name(), name -> new RegisteredMeters(registry, guard, name, timers))
                .register(extension);
    }

    void remove(String extension) {
        RegisteredMeters removed = meters.remove(extension);
        if (removed != null) {
            removed.remove();
        }
    }

    void publish(String extension, Phase phase, Tally tally, long total) {
        RegisteredMeters registered = registered(extension);
        if (registered != null) {
            registered.publish(phase, tally, total);
        }
    }

    void publishRestarts(String extension, long total) {
        RegisteredMeters registered = registered(extension);
        if (registered != null) {
            registered.publishRestarts(total);
        }
    }

    /**
     * Returns the meters of an extension. Registers those that are missing: the registry may have failed when the
     * extension was first seen, and would not have them for good.
     */
    private @Nullable RegisteredMeters registered(String extension) {
        RegisteredMeters registered = meters.get(extension);
        if (registered == null || registered.isToBeTriedAgain()) {
            guard.snapshot(extension).ifPresent(this::register);
            if (guard.state(extension).isEmpty()) {
                remove(extension); // It was removed meanwhile.
            }
            registered = meters.get(extension);
        }
        return registered;
    }

    void record(Object listener, String extension, Phase phase, long nanos) {
        if (recorder.get() == listener || recorder.compareAndSet(null, listener)) {
            RegisteredMeters registered = meters.get(extension);
            if (registered != null) {
                registered.record(phase, nanos);
            }
        }
    }

    void stopRecording(Object listener) {
        recorder.compareAndSet(listener, null);
    }
}
