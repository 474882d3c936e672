package dev.safe;

import dev.safe.internal.concurrent.DaemonThread;
import dev.safe.internal.jfr.BoundaryEvent;
import dev.safe.internal.jfr.EventTypes;
import dev.safe.internal.jfr.JvmRecorder;
import dev.safe.internal.jfr.OverrunEvent;
import dev.safe.internal.jfr.PanicEvent;
import dev.safe.internal.jfr.QuarantineEvent;
import dev.safe.internal.jfr.Recorder;
import dev.safe.internal.jfr.ReleaseEvent;
import dev.safe.internal.render.SafeText;
import dev.safe.internal.time.Nanos;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Records for Java Flight Recorder. Costs two reads of a flag while nothing is recorded. Thread-safe.
 *
 * <p>Loads the event types only once there is a recorder, since the first of them starts most of the recorder, which
 * takes longer than everything else that a guard does at a start. Loads them on a thread of its own, since whoever
 * panics first may be at the end of its stack, where an initialiser fails for good.
 *
 * <p>Cannot be linked in a runtime without the module {@code jdk.jfr}.
 */
final class FlightRecorderLog implements FlightLog {

    /** How long panics wait for the event types, in nanoseconds since the first one that needed them. */
    private static final long PATIENCE = 1_000_000_000;

    private static final long LOOK = 100_000;

    private final Recorder recorder;
    private final Ticker ticker;
    private final Thread loader = DaemonThread.of("safe-flight-recorder", this::load);
    private volatile @Nullable EventTypes types;
    private boolean started;
    private long startedAt;

    FlightRecorderLog() {
        this(new JvmRecorder(), Ticker.system());
    }

    FlightRecorderLog(Recorder recorder, Ticker ticker) {
        this.recorder = recorder;
        this.ticker = ticker;
        if (recorder.isInUse()) {
            load();
        }
    }

    private void load() {
        types = recorder.register();
    }

    /** Returns the event types, or null if there is no recorder, or they cannot be loaded. */
    private @Nullable EventTypes types() {
        EventTypes known = types;
        return known == null && recorder.isInUse() ? awaitTypes() : known;
    }

    private @Nullable EventTypes awaitTypes() {
        try {
            long begin = startLoader();
            while (types == null && loader.isAlive() && ticker.read() - begin < PATIENCE) {
                if (Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait(); // The interrupt is not meant for us, and ends each park at once.
                } else {
                    LockSupport.parkNanos(this, LOOK);
                }
            }
        } catch (Throwable ours) {
            // No stack or memory is left to start a thread. The next panic tries again.
        }
        return types;
    }

    /** Starts the loader, unless it was started before. Returns when that was. */
    private synchronized long startLoader() {
        if (!started) {
            long now = ticker.read();
            loader.start();
            startedAt = now;
            started = true;
        }
        return startedAt;
    }

    @Override
    public boolean recordsPanics() {
        EventTypes known = types();
        return known != null && known.recordPanics();
    }

    @Override
    public boolean recordsOverruns() {
        EventTypes known = types();
        return known != null && known.recordOverruns();
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
        EventTypes known = types();
        if (known == null || !known.recordQuarantines()) {
            return;
        }
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
        EventTypes known = types();
        if (known == null || !known.recordReleases()) {
            return;
        }
        ReleaseEvent event = about(new ReleaseEvent(), report.extension(), report.phase());
        event.reason = SafeText.of(report.reason());
        event.commit();
    }

    @Override
    public void overran(OverrunReport report, boolean logged, long count) {
        if (!recordsOverruns()) {
            return;
        }
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
