package dev.safe;

import dev.safe.internal.time.Throttle;
import java.time.Duration;
import java.util.Map;

/**
 * Decides which overruns or returned errors of a boundary are reported, and sums up the others. Only a boundary that has
 * some has one. Panics are decided about by the {@link Ledger} itself, since every boundary may have them. Thread-safe.
 */
final class ThrottledReports {

    private final Ledger boundary;
    private final Tally tally;
    private final Throttle throttle = new Throttle();

    ThrottledReports(Ledger boundary, Tally tally) {
        this.boundary = boundary;
        this.tally = tally;
    }

    /**
     * Decides about a report, after those that were silenced in an interval that has ended are reported. Returns whether
     * it may be made: if this interval has not had enough reports, including one of this kind.
     */
    boolean admit(String kind) {
        long now = boundary.services.now();
        long interval = boundary.silenceNanos();
        reportSilenced(interval, now);
        boolean admitted =
                throttle.decide(kind, boundary.policy.log().burst(), interval, now) != Throttle.Decision.SILENT;
        if (!admitted) {
            boundary.requestVisit();
        }
        return admitted;
    }

    /** Counts a report that could not be made, as if it had been silenced. */
    void silence() {
        throttle.silence(1);
        boundary.requestVisit();
    }

    /** Reports what was silenced so far. */
    void reportSilenced() {
        Duration time = throttle.timeSilenced(boundary.silenceNanos(), boundary.services.now());
        reportSilenced(throttle.takeSilenced(), time);
    }

    /** Reports what was silenced in an interval that has ended. */
    private void reportSilenced(long interval, long now) {
        reportSilenced(
                throttle.takeSilenced(interval, now), boundary.policy.log().interval());
    }

    private void reportSilenced(Map<String, Long> kinds, Duration time) {
        boundary.reporter.silenced(boundary.extension, boundary.phase, tally, kinds, time);
    }

    /** Reports what was silenced, if its interval has ended. Returns whether some is left to report. */
    boolean visitSilenced(long now) {
        long interval = boundary.silenceNanos();
        boolean reported = throttle.hasEnded(interval, now)
                && boundary.watchdog().run(() -> {
                    reportSilenced(interval, now);
                    boundary.visitAgainIfSilenced(throttle);
                });
        return !reported && throttle.hasSilenced();
    }

    /** Lets the present interval be decided about again, since the burst may have changed. */
    void reconsider() {
        throttle.reconsider();
    }

    /** Forgets what was reported. */
    void reset() {
        throttle.reset();
    }
}
