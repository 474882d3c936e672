package dev.safe;

import dev.safe.internal.concurrent.MemoryReserve;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.render.ThrowableText;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds reports and sends them to the listeners. Each guard has one. Thread-safe. Fails only for want of stack or
 * memory, since what listeners throw does not reach the caller.
 */
final class Reporter {

    private final Listeners listeners;
    private final FlightLog flightLog;
    private final MemoryReserve reserve = new MemoryReserve();

    Reporter(Listeners listeners, FlightLog flightLog) {
        this.listeners = listeners;
        this.flightLog = flightLog;
    }

    /** Returns whether a listener takes counts. */
    boolean isCounting() {
        return listeners.areCounting();
    }

    /** Notifies listeners of a count. Allocates nothing. */
    void counted(Extension extension, Phase phase, Tally tally, long total) {
        if (listeners.areCounting()) {
            listeners.reportCount(extension.name(), phase, tally, total);
        }
    }

    /** Notifies listeners of the time that a call took. Allocates nothing. */
    void timed(Extension extension, Phase phase, long nanos) {
        listeners.reportCall(extension.name(), phase, nanos);
    }

    /**
     * Reports a panic in full. Lets go of the memory reserve if the panic is an {@link OutOfMemoryError}.
     *
     * @return false if the memory reserve was spent and has to be {@linkplain #restoreReserve restored}
     */
    boolean panicked(
            Extension extension,
            Phase phase,
            @Nullable String function,
            @Nullable Long id,
            Throwable thrown,
            PanicAction action,
            boolean first) {
        if (thrown instanceof OutOfMemoryError) {
            spendReserve();
        }
        try {
            ThrowableText text = ThrowableText.of(thrown);
            PanicReport report = new PanicReport(
                    extension.name(),
                    phase,
                    Instant.now(),
                    text.type(),
                    text.message(),
                    text.fingerprint(),
                    text.frames(),
                    text.top(),
                    function == null ? null : SafeText.of(function),
                    id,
                    action,
                    first);
            extension.recentPanics().add(report);
            record(extension, report, true);
            Throwable printable = ThrowableText.printable(thrown);
            listeners.report("onPanic", extension.name(), listener -> listener.onPanic(report, printable));
        } catch (Throwable ours) {
            reserve.restore();
            throw ours;
        }
        return reserve.restore();
    }

    /** Records a panic that the log policy silenced, if panics are recorded. Allocates nothing if they are not. */
    void recordSilenced(
            Extension extension,
            Phase phase,
            @Nullable String function,
            @Nullable Long id,
            Throwable thrown,
            PanicAction action) {
        if (flightLog.recordsPanics()) {
            PanicReport report = new PanicReport(
                    extension.name(),
                    phase,
                    Instant.now(),
                    ThrowableText.type(thrown),
                    ThrowableText.message(thrown),
                    "",
                    List.of(),
                    null,
                    function == null ? null : SafeText.of(function),
                    id,
                    action,
                    false);
            record(extension, report, false);
        }
    }

    private void record(Extension extension, PanicReport report, boolean logged) {
        try {
            if (flightLog.recordsPanics()) {
                flightLog.panicked(
                        report, logged, extension.boundary(report.phase()).total(Tally.PANICS));
            }
        } catch (Throwable ours) {
            // No stack or memory, or the recorder fails. The panic is counted and logged anyway.
        }
    }

    /** Lets go of the memory reserve. */
    void spendReserve() {
        reserve.spend();
    }

    /** Sets memory aside again, if there is enough by now. */
    void restoreReserve() {
        reserve.restore();
    }

    /** Reports how many panics, overruns or errors were silenced within a time. Overruns are all of one kind. */
    void silenced(Extension extension, Phase phase, Tally tally, Map<String, Long> kinds, Duration time) {
        long count = kinds.values().stream().mapToLong(Long::longValue).sum();
        if (count > 0) {
            Map<String, Long> types = tally == Tally.OVERRUNS ? Map.of() : safe(kinds);
            SilenceReport report = new SilenceReport(extension.name(), phase, tally, count, time, types);
            listeners.report("onSilence", extension.name(), listener -> listener.onSilence(report));
        }
    }

    private static Map<String, Long> safe(Map<String, Long> types) {
        Map<String, Long> safe = new LinkedHashMap<>();
        types.forEach((type, count) -> safe.merge(SafeText.of(type), count, Long::sum));
        return safe;
    }

    /**
     * Keeps an error that setup or teardown returned as the newest one, and reports it if the log policy lets it through.
     *
     * @param logged whether the log policy lets it through
     */
    void failed(Extension extension, Phase phase, Throwable thrown, boolean logged) {
        ThrowableText text = ThrowableText.of(thrown);
        ErrorReport report = new ErrorReport(extension.name(), phase, Instant.now(), text.type(), text.message());
        extension.failedWith(report);
        if (logged) {
            Throwable printable = ThrowableText.printable(thrown);
            listeners.report("onError", extension.name(), listener -> listener.onError(report, printable));
        }
    }

    /** Reports that a supervisor restarted an extension. */
    void restarted(RestartReport report) {
        listeners.report("onRestarted", report.extension(), listener -> listener.onRestarted(report));
    }

    /** Reports that a boundary entered quarantine, or entered it again after a failed probe. */
    void quarantined(QuarantineReport report) {
        attempt(() -> flightLog.quarantined(report));
        listeners.report("onQuarantined", report.extension(), listener -> listener.onQuarantined(report));
    }

    /** Reports that a boundary left quarantine. */
    void released(QuarantineReport report) {
        attempt(() -> flightLog.released(report));
        listeners.report("onReleased", report.extension(), listener -> listener.onReleased(report));
    }

    /**
     * Reports a call over its budget if the log policy lets it through, and records it if overruns are recorded.
     *
     * @param logged whether the log policy lets it through
     */
    void overran(
            Extension extension,
            Phase phase,
            BudgetPolicy budget,
            Thread thread,
            StackTraceElement[] trace,
            boolean logged) {
        if (!logged && !flightLog.recordsOverruns()) {
            return;
        }
        OverrunReport report = new OverrunReport(
                extension.name(),
                phase,
                Instant.now(),
                budget.limit(),
                SafeText.of(thread.getName()),
                ThrowableText.frames(trace),
                budget.onOverrun() == OnOverrun.INTERRUPT);
        attempt(() ->
                flightLog.overran(report, logged, extension.boundary(phase).total(Tally.OVERRUNS)));
        if (logged) {
            listeners.report("onOverrun", extension.name(), listener -> listener.onOverrun(report));
        }
    }

    private static void attempt(Runnable recording) {
        try {
            recording.run();
        } catch (Throwable ours) {
            // The recorder fails, or there is no stack or memory. Listeners are notified anyway.
        }
    }
}
