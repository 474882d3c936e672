package dev.safe;

import dev.safe.internal.jfr.BoundaryEvent;
import dev.safe.internal.jfr.OverrunEvent;
import dev.safe.internal.jfr.PanicEvent;
import dev.safe.internal.jfr.QuarantineEvent;
import dev.safe.internal.jfr.ReleaseEvent;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.time.Nanos;
import java.time.Instant;
import java.util.Locale;

/**
 * Records for Java Flight Recorder. Costs one read of a flag while nothing is recorded. Thread-safe.
 *
 * <p>Cannot be linked in a runtime without the module {@code jdk.jfr}.
 */
final class FlightRecorderLog implements FlightLog {

    /** Never committed. Only an instance can answer whether events of its type are recorded. */
    private final PanicEvent panics = new PanicEvent();

    private final OverrunEvent overruns = new OverrunEvent();

    FlightRecorderLog() {
        // Initialises the classes of the other events, which is impossible at the end of the stack.
        rehearse(new QuarantineEvent());
        rehearse(new ReleaseEvent());
    }

    private static void rehearse(BoundaryEvent event) {
        event.shouldCommit();
    }

    @Override
    public boolean recordsPanics() {
        return panics.isEnabled();
    }

    @Override
    public boolean recordsOverruns() {
        return overruns.isEnabled();
    }

    @Override
    public void panicked(PanicReport report, boolean logged, long count) {
        PanicEvent event = about(new PanicEvent(), report.extension(), report.phase());
        event.type = report.type();
        event.message = report.message();
        event.location = report.location();
        event.function = report.function();
        event.stepId = report.id() == null ? null : report.id().toString();
        event.action = report.action().tag();
        event.logged = logged;
        event.count = count;
        event.commit();
    }

    @Override
    public void quarantined(QuarantineReport report) {
        QuarantineEvent event = about(new QuarantineEvent(), report.extension(), report.phase());
        Instant until = report.until();
        event.reason = SafeText.of(report.reason());
        event.state = report.state().name().toLowerCase(Locale.ROOT);
        event.trips = report.trips();
        event.until = until == null ? QuarantineEvent.NO_TIME : until.toEpochMilli();
        event.commit();
    }

    @Override
    public void released(QuarantineReport report) {
        ReleaseEvent event = about(new ReleaseEvent(), report.extension(), report.phase());
        event.reason = SafeText.of(report.reason());
        event.commit();
    }

    @Override
    public void overran(OverrunReport report, boolean logged, long count) {
        OverrunEvent event = about(new OverrunEvent(), report.extension(), report.phase());
        event.limit = Nanos.of(report.limit());
        event.stuckThread = report.thread();
        event.stuckAt = report.frames().isEmpty() ? null : SafeText.of(String.join(" < ", report.frames()));
        event.interrupted = report.interrupted();
        event.logged = logged;
        event.count = count;
        event.commit();
    }

    private static <E extends BoundaryEvent> E about(E event, String extension, Phase phase) {
        event.extension = extension;
        event.phase = phase.tag();
        return event;
    }
}
