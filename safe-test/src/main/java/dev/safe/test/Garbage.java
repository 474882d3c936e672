package dev.safe.test;

import java.lang.ref.WeakReference;
import java.time.Duration;

/** Finds out whether something is still referred to. */
final class Garbage {

    private Garbage() {}

    /** Returns whether the referent is collected in time. */
    static boolean isCollected(WeakReference<?> reference, Duration limit) {
        return new Patience(limit).holds(() -> {
            System.gc();
            return reference.get() == null;
        });
    }
}
