package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * A quarantine with a clock that a test advances. Notes what its owner is notified of, and checks that reports come
 * outside the lock.
 */
final class DrivenQuarantine implements Quarantine.Owner {

    /** A second thread that makes calls. It need not run. */
    static final Thread OTHER = new Thread("other");

    final List<String> events = new ArrayList<>();
    final List<QuarantineReport> reports = new ArrayList<>();
    final Quarantine quarantine;
    QuarantinePolicy policy =
            QuarantinePolicy.builder().enabled(true).threshold(1).jitter(0).build();

    /** The source of jitter. */
    DoubleSupplier random = () -> 0.5;

    /** Overflows soon, as the clock of a machine may. */
    private long now = Long.MAX_VALUE - 1;

    DrivenQuarantine() {
        quarantine = new Quarantine("a", Phase.POLL, () -> random.getAsDouble(), this, now);
    }

    long now() {
        return now;
    }

    void advance(Duration duration) {
        now += duration.toNanos();
    }

    long admit(Thread caller) {
        return quarantine.admit(now, caller);
    }

    void panic() {
        panic(Quarantine.NO_PROBE);
    }

    void panic(long token) {
        panic(token, OTHER);
    }

    void panic(long token, Thread caller) {
        quarantine.panicked(policy, token, caller, null, now);
    }

    void panic(long token, Throwable thrown) {
        quarantine.panicked(policy, token, OTHER, thrown, now);
    }

    void overrun(long token) {
        overrun(token, OTHER);
    }

    void overrun(long token, Thread caller) {
        quarantine.overran(policy, token, caller, Duration.ofMillis(250), now);
    }

    void expire() {
        quarantine.expireProbe(policy, now);
    }

    QuarantineSnapshot snapshot() {
        return quarantine.snapshot();
    }

    QuarantineState state() {
        return snapshot().state();
    }

    /** Advances time until a call is admitted as a probe. Returns how long that took, to the nanosecond. */
    Duration untilProbe() {
        long delay = quarantine.rejectUntilDue(now, 0);
        advance(Duration.ofNanos(delay - 1));
        assertThat(admit(OTHER)).isEqualTo(Quarantine.REFUSED);
        advance(Duration.ofNanos(1));
        assertThat(admit(OTHER)).isPositive();
        return Duration.ofNanos(delay);
    }

    @Override
    public void changed(Quarantine.Mode mode) {
        assertThat(Thread.holdsLock(quarantine)).isTrue();
        events.add(mode.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void began() {
        assertThat(Thread.holdsLock(quarantine)).isTrue();
        assertThat(events).last().isIn("asking", "rejecting");
    }

    @Override
    public void entered(QuarantineReport report) {
        note("entered " + report.state(), report);
    }

    @Override
    public void left(QuarantineReport report) {
        note("left", report);
    }

    private void note(String what, QuarantineReport report) {
        assertThat(Thread.holdsLock(quarantine)).isFalse();
        events.add(what + ": " + report.reason());
        reports.add(report);
    }
}
