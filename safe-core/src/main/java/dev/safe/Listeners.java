package dev.safe;

import dev.safe.internal.render.ThrowableText;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners, and keeps what they throw away from the call. Thread-safe.
 *
 * <p>The first failure of each listener is logged; a listener that fails at every panic must not flood the log that the
 * panics themselves are kept from flooding.
 */
final class Listeners {

    private static final Logger logger = LoggerFactory.getLogger(ExtensionGuard.class);

    private record Entry(GuardListener listener, AtomicBoolean failed) {}

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private volatile Entry[] counted = {};

    synchronized void add(GuardListener listener) {
        entries.add(new Entry(listener, new AtomicBoolean()));
        counted = entries.toArray(new Entry[0]);
    }

    void tell(Consumer<GuardListener> what) {
        for (Entry entry : counted) {
            try {
                what.accept(entry.listener);
            } catch (Throwable thrown) {
                failed(entry, thrown);
            }
        }
    }

    /** As {@link #tell}, for what is told at every panic: allocates nothing. */
    void tellCount(String extension, Phase phase, Tally tally, long total) {
        for (Entry entry : counted) {
            try {
                entry.listener.onCount(extension, phase, tally, total);
            } catch (Throwable thrown) {
                failed(entry, thrown);
            }
        }
    }

    /** As {@link #tell}, for what is told of every call while timers are on: allocates nothing. */
    void tellCall(String extension, Phase phase, long nanos) {
        for (Entry entry : counted) {
            try {
                entry.listener.onCall(extension, phase, nanos);
            } catch (Throwable thrown) {
                failed(entry, thrown);
            }
        }
    }

    void tellOne(GuardListener listener, Consumer<GuardListener> what) {
        for (Entry entry : counted) {
            if (entry.listener == listener) {
                try {
                    what.accept(listener);
                } catch (Throwable thrown) {
                    failed(entry, thrown);
                }
            }
        }
    }

    private static void failed(Entry entry, Throwable thrown) {
        try {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (entry.failed.compareAndSet(false, true)) {
                complain(
                        "listener " + entry.listener.getClass().getName() + " failed, further failures are not logged",
                        thrown);
            }
        } catch (Throwable ignored) {
            // Nothing is left to tell it to: the call's outcome goes first.
        }
    }

    /** Logs a failure of ours, if that is possible at all. */
    static void complain(String what, Throwable thrown) {
        try {
            logger.atWarn()
                    .addKeyValue("failure", ThrowableText.describe(thrown))
                    .log(what);
        } catch (Throwable ignored) {
            // The log is what fails. The call's outcome goes first.
        }
    }
}
