package dev.safe;

import dev.safe.internal.render.SafeText;
import dev.safe.internal.time.Nanos;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes what happens at the boundaries to the log. Each line says by itself, whatever the pattern of the log, which
 * extension it is about, what happened, where, and what was done about it. Machines get the same facts as key-values.
 * Thread-safe.
 */
final class PanicLog implements GuardListener {

    private static final String UNKNOWN_PLACE = "an unknown place";

    private final Logger logger;
    private final BiFunction<String, Phase, PhasePolicy> policies;

    PanicLog(BiFunction<String, Phase, PhasePolicy> policies, Logger logger) {
        this.policies = policies;
        this.logger = logger;
    }

    @Override
    public void onPanic(PanicReport report, Throwable cause) {
        String panic = SafeText.value(report.panic());
        String function = report.function() == null ? null : SafeText.value(report.function());
        String location = report.location() == null ? UNKNOWN_PLACE : SafeText.value(report.location());
        LoggingEventBuilder entry =
                about(logger.atError(), report.extension(), report.phase()).addKeyValue("panic", panic);
        if (report.id() != null) {
            entry = entry.addKeyValue("id", report.id());
        }
        if (function != null) {
            entry = entry.addKeyValue("func", function);
        }
        if (isTraceWanted(report)) {
            entry = entry.setCause(cause);
        }
        if (function == null) {
            entry.log(
                    subject(report.phase()).concat(" panicked: {}: {} at {}; {}"),
                    report.extension(),
                    panic,
                    location,
                    report.action().tag());
        } else {
            entry.log(
                    subject(report.phase()).concat(" panicked: {}: {}: {} at {}; {}"),
                    report.extension(),
                    function,
                    panic,
                    location,
                    report.action().tag());
        }
    }

    private boolean isTraceWanted(PanicReport report) {
        return switch (stackTraces(report.extension(), report.phase())) {
            case ONCE -> report.first();
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }

    private StackTraceLogging stackTraces(String extension, Phase phase) {
        return policies.apply(extension, phase).log().stackTrace();
    }

    @Override
    public void onSilence(SilenceReport report) {
        boolean isWarning =
                report.tally() == Tally.OVERRUNS || (report.tally() == Tally.ERRORS && report.phase() == Phase.SETUP);
        LoggingEventBuilder entry = about(
                        isWarning ? logger.atWarn() : logger.atError(), report.extension(), report.phase())
                .addKeyValue("count", report.count());
        String interval = Nanos.format(report.interval());
        if (report.tally() == Tally.OVERRUNS) {
            entry.log(
                    subject(report.phase()).concat(" exceeded its budget {} more times in the last {}: {}"),
                    report.count(),
                    interval,
                    report.extension());
        } else {
            String verb = report.tally() == Tally.ERRORS ? " failed" : " panicked";
            entry.log(
                    subject(report.phase()).concat(verb).concat(" {} more times in the last {}: {}: {}"),
                    report.count(),
                    interval,
                    report.extension(),
                    SafeText.value(report.byType()));
        }
    }

    @Override
    public void onError(ErrorReport report, Throwable cause) {
        String error = SafeText.value(report.error());
        if (report.phase() == Phase.TEARDOWN) {
            LoggingEventBuilder entry =
                    about(logger.atError(), report.extension(), report.phase()).addKeyValue("error", error);
            if (stackTraces(report.extension(), report.phase()) != StackTraceLogging.NEVER) {
                entry = entry.setCause(cause);
            }
            entry.log("extension teardown failed: {}: {}", report.extension(), error);
        } else { // The caller has the trace.
            about(logger.atWarn(), report.extension(), report.phase())
                    .addKeyValue("error", error)
                    .log("extension setup failed: {}: {}; passed on", report.extension(), error);
        }
    }

    @Override
    public void onQuarantined(QuarantineReport report) {
        String reason = SafeText.value(report.reason());
        LoggingEventBuilder entry = about(logger.atWarn(), report.extension(), report.phase())
                .addKeyValue("reason", reason)
                .addKeyValue("trips", report.trips());
        if (report.state() == QuarantineState.DISABLED) {
            entry.log(subject(report.phase()).concat(" disabled until released: {}: {}"), report.extension(), reason);
        } else if (report.until() == null) {
            String end = report.declared() ? "until its policy no longer holds it" : "until released";
            entry.log(subject(report.phase()).concat(" quarantined: {}: {}; ").concat(end), report.extension(), reason);
        } else {
            entry.addKeyValue("until", report.until())
                    .log(
                            subject(report.phase()).concat(" quarantined: {}: {}; next try at {}"),
                            report.extension(),
                            reason,
                            report.until());
        }
    }

    @Override
    public void onReleased(QuarantineReport report) {
        String reason = SafeText.value(report.reason());
        about(logger.atInfo(), report.extension(), report.phase())
                .addKeyValue("reason", reason)
                .log(subject(report.phase()).concat(" released from quarantine: {}: {}"), report.extension(), reason);
    }

    @Override
    public void onRestarted(RestartReport report) {
        String reason = SafeText.value(report.reason());
        logger.atWarn()
                .addKeyValue("extension", report.extension())
                .addKeyValue("reason", reason)
                .addKeyValue("restarts", report.restarts())
                .log("extension restarted: {}: {}", report.extension(), reason);
    }

    @Override
    public void onOverrun(OverrunReport report) {
        String limit = Nanos.format(report.limit());
        String thread = SafeText.value(report.thread());
        String stuckAt =
                report.frames().isEmpty() ? UNKNOWN_PLACE : SafeText.value(String.join(" < ", report.frames()));
        about(logger.atWarn(), report.extension(), report.phase())
                .addKeyValue("limit", limit)
                .addKeyValue("thread", thread)
                .addKeyValue("interrupted", report.interrupted())
                .addKeyValue("stuckAt", stuckAt)
                .log(
                        subject(report.phase()).concat(" exceeded its budget: {}: {} on thread {} at {}; {}"),
                        report.extension(),
                        limit,
                        thread,
                        stuckAt,
                        report.interrupted() ? "interrupted" : "reported");
    }

    private static LoggingEventBuilder about(LoggingEventBuilder entry, String extension, Phase phase) {
        return entry.addKeyValue("extension", extension).addKeyValue("phase", phase.tag());
    }

    private static String subject(Phase phase) {
        return phase == Phase.HOST ? "host function" : "extension ".concat(phase.tag());
    }
}
