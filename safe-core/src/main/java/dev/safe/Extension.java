package dev.safe;

import java.util.EnumMap;
import java.util.Map;

/** One extension as the guard knows it, by name: its five boundaries and how it is doing. Thread-safe. */
@SuppressWarnings("EnumOrdinal") // an array of five has no other index
final class Extension {

    private enum Lifecycle {
        NEW,
        RUNNING,
        FAILED,
        STOPPED
    }

    private final String name;
    private final Boundary[] boundaries = new Boundary[Phase.values().length];
    private final RecentPanics recentPanics = new RecentPanics();

    private Lifecycle lifecycle = Lifecycle.NEW;
    private int instancesSetUp;

    Extension(String name, BoundaryServices services) {
        this.name = name;
        for (Phase phase : Phase.values()) {
            boundaries[phase.ordinal()] = new Boundary(this, phase, services);
        }
    }

    String name() {
        return name;
    }

    Boundary boundary(Phase phase) {
        return boundaries[phase.ordinal()];
    }

    void apply(Policies policies) {
        for (Boundary boundary : boundaries) {
            boundary.apply(policies.policy(name, boundary.phase()));
        }
    }

    /** There is another listener. */
    void tellOfRejections() {
        for (Boundary boundary : boundaries) {
            boundary.tellOfRejections();
        }
    }

    RecentPanics recentPanics() {
        return recentPanics;
    }

    /** A call was made. */
    synchronized void used() {
        if (lifecycle == Lifecycle.NEW) {
            lifecycle = Lifecycle.RUNNING;
        }
    }

    synchronized void setUp() {
        instancesSetUp++;
        lifecycle = Lifecycle.RUNNING;
    }

    synchronized void setupFailed() {
        lifecycle = Lifecycle.FAILED;
    }

    /** Instances share a name: it has stopped when the last one that was set up has. */
    synchronized void tornDown() {
        instancesSetUp = Math.max(0, instancesSetUp - 1);
        if (instancesSetUp == 0) {
            lifecycle = Lifecycle.STOPPED;
        }
    }

    private synchronized Lifecycle lifecycle() {
        return lifecycle;
    }

    ExtensionSnapshot snapshot() {
        Map<Phase, PhaseSnapshot> phases = new EnumMap<>(Phase.class);
        for (Boundary boundary : boundaries) {
            phases.put(boundary.phase(), boundary.snapshot());
        }
        return new ExtensionSnapshot(name, state(phases), phases);
    }

    private ExtensionState state(Map<Phase, PhaseSnapshot> phases) {
        if (phases.values().stream().anyMatch(phase -> phase.stuck() > 0)) {
            return ExtensionState.STUCK;
        }
        boolean quarantined =
                phases.values().stream().anyMatch(phase -> phase.quarantine().state() != QuarantineState.CLEAR);
        return switch (lifecycle()) {
            case STOPPED -> ExtensionState.STOPPED;
            case FAILED -> ExtensionState.FAILED;
            case RUNNING -> quarantined ? ExtensionState.QUARANTINED : ExtensionState.RUNNING;
            case NEW -> quarantined ? ExtensionState.QUARANTINED : ExtensionState.NEW;
        };
    }
}
