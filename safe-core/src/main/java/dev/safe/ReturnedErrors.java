package dev.safe;

import dev.safe.internal.time.Throttle;
import java.time.Duration;
import java.util.Map;

/**
 * Decides which of the errors that setup or teardown returns are reported, and sums up the others: a host may set an
 * extension up in a loop. Only a boundary that has returned an error has one. Thread-safe.
 */
final class ReturnedErrors {

    private final Ledger boundary;
    private final Throttle throttle = new Throttle();

    ReturnedErrors(Ledger boundary) {
        this.boundary = boundary;
    }

    /** Reports an error, unless this interval has had enough reports, including one of this type. */
    void report(Throwable thrown) {
        long now = boundary.services.now();
        long interval = boundary.silenceNanos();
        reportSilenced(interval, now);
        String type = thrown.getClass().getName();
        boolean logged =
                throttle.decide(type, boundary.policy.log().burst(), interval, now) != Throttle.Decision.SILENT;
        if (!logged) {
            boundary.requestVisit();
        }
        boundary.reporter.failed(boundary.extension, boundary.phase, thrown, logged);
    }

    /** Reports errors silenced so far. */
    void reportSilenced() {
        Duration time = throttle.timeSilenced(boundary.silenceNanos(), boundary.services.now());
        reportSilenced(throttle.takeSilenced(), time);
    }

    /** Reports errors silenced in an interval that has ended. */
    private void reportSilenced(long interval, long now) {
        reportSilenced(
                throttle.takeSilenced(interval, now), boundary.policy.log().interval());
    }

    private void reportSilenced(Map<String, Long> types, Duration time) {
        boundary.reporter.silencedErrors(boundary.extension, boundary.phase, types, time);
    }

    /** Reports silenced errors, if their interval has ended. Returns whether some are left to report. */
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

    /** Forgets which errors were reported. */
    void reset() {
        throttle.reset();
    }
}
