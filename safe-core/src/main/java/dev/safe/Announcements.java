package dev.safe;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts how often one extension was listed and removed, and notifies the listeners of each change. Listing and removal
 * alternate, so a count is all there is to keep. Thread-safe.
 *
 * <p>Listeners are notified one at a time and in order, outside of all locks. Each extension has announcements of its
 * own, so that a listener that hangs on one does not delay those of the others.
 */
final class Announcements {

    /** Notifies the listeners. */
    interface Audience {

        /**
         * Notifies of a change.
         *
         * @param isListed true if the extension was listed, false if it was removed
         */
        void changed(boolean isListed);
    }

    private final AtomicInteger due = new AtomicInteger();
    private final AtomicBoolean announcing = new AtomicBoolean();

    /** What listeners were last notified of. Used only by the thread that set {@link #announcing}. */
    private boolean isListed;

    /** Notes that the extension was listed or removed. */
    void changed() {
        due.incrementAndGet();
    }

    /** Notifies of all changes that are due, unless another thread is doing so. */
    void announce(Audience audience) {
        while (due.get() > 0 && announcing.compareAndSet(false, true)) {
            try {
                while (due.get() > 0) {
                    due.decrementAndGet();
                    isListed = !isListed;
                    audience.changed(isListed);
                }
            } finally {
                announcing.set(false);
            }
        }
    }
}
