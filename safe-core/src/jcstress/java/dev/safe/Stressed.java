package dev.safe;

import dev.safe.internal.watch.Watchdog;
import java.util.Set;
import org.slf4j.helpers.NOPLogger;

/** What a guard consists of, without its threads. */
final class Stressed {

    private static final Stressed SHARED = new Stressed(() -> 0);

    final Registry registry;

    private final BoundaryServices services;
    private final Extension extension;

    /** Makes a guard whose watchdog does nothing of what is requested of it, so that a model can do it. */
    Stressed(Ticker ticker) {
        Watchdog watchdog = new Watchdog(ticker::read, true, (what, ours) -> {});
        watchdog.close();
        Listeners listeners = new Listeners(NOPLogger.NOP_LOGGER, ticker);
        services = new BoundaryServices(
                new Classifier(Set.of()),
                new Reporter(listeners, FlightLog.NONE),
                new Rethrown(),
                watchdog,
                new ContainedTicker(ticker),
                () -> 0.5,
                false);
        registry = new Registry(Policies.builder().build(), listeners, services);
        extension = registry.named("stressed");
    }

    /** Returns a new boundary, as it is after its first call. */
    Boundary boundary(PhasePolicy policy) {
        Boundary boundary = new Boundary(extension, Phase.POLL, services);
        boundary.apply(policy);
        boundary.set(Gate.UNUSED, false);
        return boundary;
    }

    /**
     * Returns a new boundary of a guard that all share, where time stands still. Cheap, so a model has more to try. Must
     * not request visits, which would pile up.
     */
    static Boundary cheapBoundary(PhasePolicy policy) {
        return SHARED.boundary(policy);
    }
}
