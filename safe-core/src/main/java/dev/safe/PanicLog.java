package dev.safe;

import dev.safe.internal.render.SafeText;
import dev.safe.internal.time.Nanos;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes what happens at the boundaries to the log. Thread-safe. */
final class PanicLog implements GuardListener {

    private final Logger logger;
    private final BiFunction<String, Phase, PhasePolicy> policies;

    PanicLog(BiFunction<String, Phase, PhasePolicy> policies, Logger logger) {
        this.policies = policies;
        this.logger = logger;
    }

    @Override
    public void onPanic(PanicReport report, Throwable cause) {
        LoggingEventBuilder entry = about(logger.atError(), report.extension(), report.phase())
                .addKeyValue("panic", SafeText.value(report.panic()));
        if (report.id() != null) {
            entry = entry.addKeyValue("id", report.id());
        }
        if (report.function() != null) {
            entry = entry.addKeyValue("func", SafeText.value(report.function()));
        }
        if (policies.apply(report.extension(), report.phase()).log().stackTrace()) {
            entry = entry.setCause(cause);
        }
        entry.log(subject(report.phase()) + " panicked");
    }

    @Override
    public void onSilence(SilenceReport report) {
        about(logger.atError(), report.extension(), report.phase())
                .addKeyValue("count", report.count())
                .log("%s panicked %d more times in the last %s"
                        .formatted(subject(report.phase()), report.count(), Nanos.format(report.interval())));
    }

    @Override
    public void onError(ErrorReport report, Throwable cause) {
        if (report.phase() == Phase.TEARDOWN) { // The caller of setup gets its error, and logs what it thinks of it.
            about(logger.atError(), report.extension(), report.phase())
                    .addKeyValue("error", SafeText.value(report.error()))
                    .setCause(cause)
                    .log("extension teardown failed");
        }
    }

    @Override
    public void onQuarantined(QuarantineReport report) {
        LoggingEventBuilder entry = about(logger.atWarn(), report.extension(), report.phase())
                .addKeyValue("reason", SafeText.value(report.reason()))
                .addKeyValue("trips", report.trips());
        if (report.until() != null) {
            entry = entry.addKeyValue("until", report.until());
        }
        entry.log(subject(report.phase())
                + (report.state() == QuarantineState.DISABLED ? " disabled until released" : " quarantined"));
    }

    @Override
    public void onReleased(QuarantineReport report) {
        about(logger.atInfo(), report.extension(), report.phase())
                .addKeyValue("reason", SafeText.value(report.reason()))
                .log(subject(report.phase()) + " released from quarantine");
    }

    @Override
    public void onOverrun(OverrunReport report) {
        about(logger.atWarn(), report.extension(), report.phase())
                .addKeyValue("limit", Nanos.format(report.limit()))
                .addKeyValue("thread", SafeText.value(report.thread()))
                .addKeyValue("interrupted", report.interrupted())
                .addKeyValue("stuckAt", SafeText.value(String.join(" < ", report.frames())))
                .log(subject(report.phase()) + " exceeded its budget");
    }

    private static LoggingEventBuilder about(LoggingEventBuilder entry, String extension, Phase phase) {
        return entry.addKeyValue("extension", extension).addKeyValue("phase", phase.tag());
    }

    private static String subject(Phase phase) {
        return phase == Phase.HOST ? "host function" : "extension " + phase.tag();
    }
}
