package dev.safe.test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;

/** Finds out whether something is still referred to. */
final class Garbage {

    private Garbage() {}

    /** Returns whether the referent is collected in time. */
    static boolean isCollected(WeakReference<?> reference, Duration limit) {
        return isAnyCollected(List.of(reference), limit);
    }

    /** Returns whether one of the referents is collected in time. */
    static boolean isAnyCollected(List<WeakReference<?>> references, Duration limit) {
        return new Patience(limit).holds(() -> {
            System.gc();
            return references.stream().anyMatch(reference -> reference.get() == null);
        });
    }
}
