package dev.safe;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The comings and goings of one extension that listeners are still to be notified of: it comes and goes by turns, so their
 * number says all. Thread-safe.
 *
 * <p>Listeners are notified one at a time and in order, outside of all locks. Each extension has announcements of its own,
 * so that a listener that hangs holds up no other extension's.
 */
final class Announcements {

    /** Notifies the listeners. */
    interface Audience {

        /**
         * Notifies of a change.
         *
         * @param isListed whether the extension came, rather than went
         */
        void changed(boolean isListed);
    }

    private final AtomicInteger due = new AtomicInteger();
    private final AtomicBoolean announcing = new AtomicBoolean();

    /** What listeners know. Used only by the thread that set {@link #announcing}. */
    private boolean isListed;

    /** Notes that the extension came or went. */
    void changed() {
        due.incrementAndGet();
    }

    /** Notifies of what is due, unless another thread does. */
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
