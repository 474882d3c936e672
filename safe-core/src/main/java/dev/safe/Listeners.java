package dev.safe;

import dev.safe.internal.render.ThrowableText;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies the listeners, and keeps what they throw from the call. Thread-safe.
 *
 * <p>The first failure of each listener is logged; a listener that fails at every panic must not flood the log that the
 * panics themselves are kept from flooding.
 */
final class Listeners {

    private static final Logger logger = LoggerFactory.getLogger(ExtensionGuard.class);

    private record Entry(GuardListener listener, AtomicBoolean failed) {}

    private volatile Entry[] entries = {};
    private volatile Entry[] counting = {};
    private volatile boolean areCounting;

    /** Adds the log, which does not count. */
    synchronized void addLog(PanicLog log) {
        entries = with(entries, log);
    }

    synchronized void add(GuardListener listener) {
        entries = with(entries, listener);
        counting = with(counting, listener);
        areCounting = true;
    }

    synchronized void remove(GuardListener listener) {
        entries = without(entries, listener);
        counting = without(counting, listener);
        areCounting = counting.length > 0;
    }

    private static Entry[] with(Entry[] present, GuardListener listener) {
        Entry[] more = Arrays.copyOf(present, present.length + 1);
        more[present.length] = new Entry(listener, new AtomicBoolean());
        return more;
    }

    /** By identity: two listeners may well be equal, and their {@code equals} is foreign code. */
    private static Entry[] without(Entry[] present, GuardListener listener) {
        return Arrays.stream(present)
                .filter(entry -> entry.listener != listener)
                .toArray(Entry[]::new);
    }

    void report(Consumer<GuardListener> what) {
        for (Entry entry : entries) {
            try {
                what.accept(entry.listener);
            } catch (Throwable thrown) {
                failed(entry, thrown);
            }
        }
    }

    /** Returns whether a listener counts. */
    boolean areCounting() {
        return areCounting;
    }

    /** Reports a count. Allocates nothing, since it happens at every panic. */
    void reportCount(String extension, Phase phase, Tally tally, long total) {
        for (Entry entry : counting) {
            try {
                entry.listener.onCount(extension, phase, tally, total);
            } catch (Throwable thrown) {
                failed(entry, thrown);
            }
        }
    }

    /** Reports the time of a call. Allocates nothing, since it happens at every call while timers are on. */
    void reportCall(String extension, Phase phase, long nanos) {
        for (Entry entry : counting) {
            try {
                entry.listener.onCall(extension, phase, nanos);
            } catch (Throwable thrown) {
                failed(entry, thrown);
            }
        }
    }

    void reportTo(GuardListener listener, Consumer<GuardListener> what) {
        for (Entry entry : entries) {
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
            // There is no way left to say so, and the call's outcome goes first.
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
