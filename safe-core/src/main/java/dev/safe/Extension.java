package dev.safe;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An extension as the guard knows it, by name: its five boundaries, its lifecycle and its newest panics. Thread-safe. */
@SuppressWarnings("EnumOrdinal") // an array of five has no other index
final class Extension extends Identity {

    enum Lifecycle {
        NEW,
        RUNNING,
        FAILED,
        STOPPED,
        RESTARTING
    }

    /**
     * A change of the lifecycle that happened where no stack was left to call anything. Made up for when the lifecycle
     * is read, unless it has changed again by then.
     */
    volatile @Nullable Lifecycle owed;

    private final String name;
    private final Registry registry;
    private final Boundary[] boundaries = new Boundary[Phase.values().length];
    private final RecentPanics recentPanics = new RecentPanics();
    private final Announcements announcements = new Announcements();

    private Lifecycle lifecycle = Lifecycle.NEW;

    /** How often supervisors restarted the extension. Meters add up what it grows by, so a new supervisor goes on with it. */
    private long restarts;

    /** The claim of the supervisor that runs the extension, if one does. */
    private volatile @Nullable Supervision supervision;

    /** The newest error that setup or teardown returned. */
    private volatile @Nullable ErrorReport lastError;

    /** The instances that are set up: several may share the name. */
    private List<WeakReference<ExtensionCapability>> up = List.of();

    Extension(String name, Registry registry, BoundaryServices services) {
        this.name = name;
        this.registry = registry;
        for (Phase phase : Phase.values()) {
            boundaries[phase.ordinal()] = new Boundary(this, phase, services);
        }
    }

    @Override
    String name() {
        return name;
    }

    @Override
    Boundary boundary(Phase phase) {
        return boundaries[phase.ordinal()];
    }

    void apply(Policies policies) {
        for (Boundary boundary : boundaries) {
            boundary.apply(policies.policy(name, boundary.phase()));
        }
    }

    /**
     * Reports the boundaries that their policies hold in quarantine, or hold no longer. Not to be called under a lock.
     */
    void announceHolds() {
        for (Boundary boundary : boundaries) {
            boundary.announceHold();
        }
    }

    /** Notifies listeners of rejected calls from now on, because a listener was added. */
    void countRejected() {
        for (Boundary boundary : boundaries) {
            boundary.countRejected();
        }
    }

    void reportSilenced() {
        for (Boundary boundary : boundaries) {
            boundary.reportSilenced();
        }
    }

    RecentPanics recentPanics() {
        return recentPanics;
    }

    Announcements announcements() {
        return announcements;
    }

    /** Notes an error that setup or teardown returned. */
    void failedWith(ErrorReport error) {
        lastError = error;
    }

    /** Notes that a boundary is called for the first time since the extension was made known. */
    void used() {
        registry.list(this);
        synchronized (this) {
            if (lifecycle == Lifecycle.NEW) {
                lifecycle = Lifecycle.RUNNING;
            }
        }
    }

    /** Forgets everything. To a call that still arrives, the extension is new. */
    void reset() {
        for (Boundary boundary : boundaries) {
            boundary.reset();
        }
        recentPanics.clear();
        lastError = null;
        synchronized (this) {
            become(Lifecycle.NEW);
            up = List.of();
            restarts = 0;
        }
    }

    /** Notes that an instance was set up. A decorator is not an instance of its own. */
    void setUp(ExtensionCapability instance) {
        if (!registry.isAlias(instance)) {
            synchronized (this) {
                up = without(instance);
                up.add(new WeakReference<>(instance));
                become(Lifecycle.RUNNING);
            }
        }
    }

    void setupFailed(ExtensionCapability instance) {
        if (!registry.isAlias(instance)) {
            synchronized (this) {
                up = without(instance);
                become(Lifecycle.FAILED);
            }
        }
    }

    /** Notes that an instance was torn down. The extension has stopped once no instance is set up. */
    void tornDown(ExtensionCapability instance) {
        if (!registry.isAlias(instance)) {
            synchronized (this) {
                up = without(instance);
                if (up.isEmpty() && lifecycle != Lifecycle.RESTARTING) {
                    become(Lifecycle.STOPPED);
                }
            }
        }
    }

    /** Notes a change, which replaces an older one that is owed. */
    synchronized void become(Lifecycle next) {
        lifecycle = next;
        owed = null;
    }

    /** Lets a supervisor claim the extension, unless another one has. Returns whether it did. */
    synchronized boolean claim(Supervision by) {
        if (supervision == null) {
            supervision = by;
        }
        return supervision == by;
    }

    synchronized void release(Supervision by) {
        if (supervision == by) {
            supervision = null;
            endRestarting();
        }
    }

    /** Shows it as stopped if it is shown as restarting, since no setup begins now. */
    synchronized void endRestarting() {
        if (lifecycle == Lifecycle.RESTARTING) {
            become(Lifecycle.STOPPED);
        }
    }

    /** Counts a restart. Returns how many there were by now. */
    synchronized long countRestart() {
        return ++restarts;
    }

    synchronized long restarts() {
        return restarts;
    }

    /** Ends quarantines that panics led to. */
    void forgetTrips() {
        for (Boundary boundary : boundaries) {
            boundary.forgetTrips();
        }
    }

    private List<WeakReference<ExtensionCapability>> without(ExtensionCapability instance) {
        List<WeakReference<ExtensionCapability>> others = new ArrayList<>(up.size() + 1);
        for (WeakReference<ExtensionCapability> other : up) {
            if (!other.refersTo(instance) && !other.refersTo(null)) {
                others.add(other);
            }
        }
        return others;
    }

    private synchronized Lifecycle lifecycle() {
        Lifecycle made = owed;
        if (made != null) {
            lifecycle = made;
            owed = null;
        }
        return lifecycle;
    }

    ExtensionSnapshot snapshot() {
        Map<Phase, PhaseSnapshot> phases = new EnumMap<>(Phase.class);
        for (Boundary boundary : boundaries) {
            phases.put(boundary.phase(), boundary.snapshot());
        }
        boolean stuck = phases.values().stream().anyMatch(phase -> phase.stuck() > 0);
        boolean quarantined =
                phases.values().stream().anyMatch(phase -> phase.quarantine().state() != QuarantineState.CLEAR);
        Supervision by = supervision;
        return new ExtensionSnapshot(
                name, state(stuck, quarantined), phases, lastError, by == null ? null : by.restarts());
    }

    /** Returns the state that a snapshot would show, without making a snapshot. */
    ExtensionState state() {
        boolean stuck = false;
        boolean quarantined = false;
        for (Boundary boundary : boundaries) {
            stuck |= boundary.stuck() > 0;
            quarantined |= boundary.isQuarantined();
        }
        return state(stuck, quarantined);
    }

    private ExtensionState state(boolean stuck, boolean quarantined) {
        Lifecycle current = lifecycle();
        if (stuck && current != Lifecycle.RESTARTING) {
            return ExtensionState.STUCK;
        }
        return switch (current) {
            case RESTARTING -> ExtensionState.RESTARTING;
            case STOPPED -> ExtensionState.STOPPED;
            case FAILED -> ExtensionState.FAILED;
            case RUNNING -> quarantined ? ExtensionState.QUARANTINED : ExtensionState.RUNNING;
            case NEW -> quarantined ? ExtensionState.QUARANTINED : ExtensionState.NEW;
        };
    }
}
