package dev.safe;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * One extension at one moment. Holds strings and numbers only. Immutable.
 *
 * @param name the extension's name
 * @param state how it is doing
 * @param phases its five boundaries, in the order of {@link Phase}
 * @since 0.1
 */
public record ExtensionSnapshot(String name, ExtensionState state, Map<Phase, PhaseSnapshot> phases) {

    /** Copies the map. */
    public ExtensionSnapshot {
        phases = Collections.unmodifiableMap(new EnumMap<>(phases));
    }

    /**
     * Returns one of the boundaries.
     *
     * @param phase which one
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
