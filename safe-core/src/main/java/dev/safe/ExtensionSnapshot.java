package dev.safe;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One extension at one moment. Holds strings and numbers only. Immutable.
 *
 * @param name the extension's name
 * @param state how it is doing
 * @param phases its five boundaries, in the order of {@link Phase}
 * @param lastError the newest error that setup or teardown returned, or null if there was none
 * @param restarts how often a supervisor restarted it, or null if none runs it
 * @since 0.1
 */
public record ExtensionSnapshot(
        String name,
        ExtensionState state,
        Map<Phase, PhaseSnapshot> phases,
        @Nullable ErrorReport lastError,
        @Nullable Long restarts) {

    /** Copies the map. */
    public ExtensionSnapshot {
        phases = Collections.unmodifiableMap(new EnumMap<>(phases));
    }

    /**
     * Returns the boundary of one entry point.
     *
     * @param phase the entry point
     * @return its snapshot
     */
    public PhaseSnapshot phase(Phase phase) {
        PhaseSnapshot snapshot = phases.get(phase);
        if (snapshot == null) {
            throw new IllegalStateException("no snapshot of phase " + phase.tag());
        }
        return snapshot;
    }
}
