package dev.safe;

import dev.safe.internal.render.SafeText;
import dev.safe.internal.render.ThrowableText;
import dev.safe.internal.time.Throttle;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies the listeners, and keeps what they throw away from the call. Thread-safe.
 *
 * <p>Logs one failure a minute for each callback of each listener. The panics themselves are kept from flooding the
 * log, so a listener that fails at every panic must not flood it either.
 */
final class Listeners {

    private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private record Entry(GuardListener listener, Throttle failures) {}

    private final Logger logger;
    private final Ticker ticker;

    private volatile Entry[] entries = {};
    private volatile Entry[] counting = {};
    private volatile boolean areCounting;

    Listeners(Logger logger, Ticker ticker) {
        this.logger = logger;
        this.ticker = ticker;
    }

    /** Adds the log, which ignores counts. */
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
        more[present.length] = new Entry(listener, new Throttle());
        return more;
    }

    /** By identity: two listeners may well be equal, and their {@code equals} is foreign code. */
    private static Entry[] without(Entry[] present, GuardListener listener) {
        return Arrays.stream(present)
                .filter(entry -> entry.listener != listener)
                .toArray(Entry[]::new);
    }

    /**
     * Notifies all listeners.
     *
     * @param callback the method that is called
     * @param extension what it is called about
     * @param what makes the call
     */
    void report(String callback, String extension, Consumer<GuardListener> what) {
        for (Entry entry : entries) {
            try {
                what.accept(entry.listener);
            } catch (Throwable thrown) {
                failed(entry, callback, extension, thrown);
            }
        }
    }

    /** Returns whether a listener takes counts. */
    boolean areCounting() {
        return areCounting;
    }

    /** Reports a count. Allocates nothing, since it happens at every panic. */
    void reportCount(String extension, Phase phase, Tally tally, long total) {
        for (Entry entry : counting) {
            try {
                entry.listener.onCount(extension, phase, tally, total);
            } catch (Throwable thrown) {
                failed(entry, "onCount", extension, thrown);
            }
        }
    }

    /** Reports the time of a call. Allocates nothing, since it happens at every call while timers are on. */
    void reportCall(String extension, Phase phase, long nanos) {
        for (Entry entry : counting) {
            try {
                entry.listener.onCall(extension, phase, nanos);
            } catch (Throwable thrown) {
                failed(entry, "onCall", extension, thrown);
            }
        }
    }

    /** Notifies one listener, as {@link #report} notifies all. */
    void reportTo(GuardListener listener, String callback, String extension, Consumer<GuardListener> what) {
        for (Entry entry : entries) {
            if (entry.listener == listener) {
                try {
                    what.accept(listener);
                } catch (Throwable thrown) {
                    failed(entry, callback, extension, thrown);
                }
            }
        }
    }

    private void failed(Entry entry, String callback, String extension, Throwable thrown) {
        try {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (entry.failures.decide(callback, 1, INTERVAL, ticker.read()) != Throttle.Decision.SILENT) {
                log(entry.listener, callback, extension, thrown);
            }
        } catch (Throwable ignored) {
            // The failure cannot be logged, and the call's outcome matters more.
        }
    }

    private void log(GuardListener listener, String callback, String extension, Throwable thrown) {
        String type = SafeText.value(listener.getClass().getName());
        String failure = SafeText.value(ThrowableText.describe(thrown));
        logger.atWarn()
                .addKeyValue("extension", extension)
                .addKeyValue("listener", type)
                .addKeyValue("callback", callback)
                .addKeyValue("failure", failure)
                .setCause(ThrowableText.printable(thrown))
                .log("listener failed: {}: {} of {}: {}; ignored", extension, callback, type, failure);
    }

    /** Logs a failure of ours, if that is possible at all. */
    static void complain(String what, Throwable thrown) {
        try {
            LoggerFactory.getLogger(ExtensionGuard.class)
                    .atWarn()
                    .addKeyValue("failure", SafeText.value(ThrowableText.describe(thrown)))
                    .setCause(ThrowableText.printable(thrown))
                    .log(what);
        } catch (Throwable ignored) {
            // The log itself fails, and the call's outcome matters more.
        }
    }
}
