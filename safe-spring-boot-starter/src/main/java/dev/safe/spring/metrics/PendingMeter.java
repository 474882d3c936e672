package dev.safe.spring.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A meter that is registered, or will be once the registry and its filters let it. If one part of a composite registry
 * refuses it, it is registered in the other parts meanwhile. Used by one thread at a time, except that any thread may
 * read its {@link #meters}.
 */
final class PendingMeter<M extends Meter> {

    private final String name;

    /** Null once it is registered in the whole registry. */
    private @Nullable Function<MeterRegistry, M> registration;

    private volatile List<M> meters = List.of();

    PendingMeter(String name, Function<MeterRegistry, M> registration) {
        this.name = name;
        this.registration = registration;
    }

    String name() {
        return name;
    }

    /** Returns the meters that stand for it: one as a rule, none while it is not registered. */
    List<M> meters() {
        return meters;
    }

    /** Registers it in what is left of the registry. Throws what the registry or a filter throws. */
    void register(MeterRegistry registry) {
        Function<MeterRegistry, M> due = registration;
        if (due == null) {
            return;
        }
        Attempts attempts = new Attempts();
        if (attempts.make(() -> meters = List.of(due.apply(registry)))) {
            registration = null;
        } else if (meters.isEmpty()) {
            meters = registeredInParts(registry, due);
        }
        attempts.rethrow();
    }

    private static <M> List<M> registeredInParts(MeterRegistry registry, Function<MeterRegistry, M> registration) {
        List<M> registered = new ArrayList<>();
        Attempts attempts = new Attempts();
        for (MeterRegistry part : RegistryMeters.leaves(registry)) {
            if (part != registry) {
                attempts.make(() -> registered.add(registration.apply(part)));
            }
        }
        return List.copyOf(registered);
    }

    /** Removes it from wherever it is registered. */
    void remove(MeterRegistry registry, Attempts attempts) {
        for (M meter : meters) {
            if (registration == null) {
                attempts.make(() -> registry.remove(meter));
            } else {
                RegistryMeters.leaves(registry).forEach(part -> attempts.make(() -> part.remove(meter)));
            }
        }
    }
}
