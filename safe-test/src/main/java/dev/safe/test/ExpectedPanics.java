package dev.safe.test;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * The panics that tests expect because they have asserted them. Kept only for guards that a {@link GuardExtension}
 * made, for as long as these live. Thread-safe.
 */
final class ExpectedPanics {

    private record Place(String extension, Phase phase) {}

    private static final Map<ExtensionGuard, Map<Place, Long>> BY_GUARD =
            Collections.synchronizedMap(new WeakHashMap<>());

    private ExpectedPanics() {}

    /** Notes what is asserted about a guard from now on. */
    static void track(ExtensionGuard guard) {
        BY_GUARD.put(guard, new ConcurrentHashMap<>());
    }

    static void forget(ExtensionGuard guard) {
        BY_GUARD.remove(guard);
    }

    /** Expects a number of panics, if the guard is tracked. */
    static void expect(ExtensionGuard guard, String extension, Phase phase, long count) {
        Map<Place, Long> expected = BY_GUARD.get(guard);
        if (expected != null) {
            expected.merge(new Place(extension, phase), count, Math::max);
        }
    }

    /** Returns the extensions with more panics than were asserted, apart from panics that are allowed anyway. */
    static List<ExtensionSnapshot> unexpected(ExtensionGuard guard, BiPredicate<String, Phase> allowed) {
        Map<Place, Long> expected = BY_GUARD.getOrDefault(guard, Map.of());
        return guard.snapshots().stream()
                .filter(extension -> extension.phases().entrySet().stream()
                        .anyMatch(phase -> !allowed.test(extension.name(), phase.getKey())
                                && phase.getValue().panics()
                                        > expected.getOrDefault(new Place(extension.name(), phase.getKey()), 0L)))
                .toList();
    }
}
