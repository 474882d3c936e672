package dev.safe;

import dev.safe.internal.concurrent.Counters;
import dev.safe.internal.concurrent.OwnerBiasedCounter;
import dev.safe.internal.time.Nanos;
import dev.safe.internal.time.Throttle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a boundary has counted, which of its panics are reported, and what it still owes. The second of the four layers
 * of a {@link Boundary}. Thread-safe.
 *
 * <p>A call that ends where there is no stack or memory left writes what it owes into a field, under this object's
 * monitor. The next call {@linkplain #makeUp makes up for it}, or whoever looks at the extension next. The methods that
 * make the calls write these fields themselves, so the fields are not private.
 */
@SuppressWarnings("EnumOrdinal") // counters have no other index
abstract class Ledger extends Gate {

    private static final StackTraceElement[] NOWHERE = {};

    /**
     * A throwable that was passed on by a call that had no room to note it elsewhere. If an outer call sees it come by,
     * it must not count it again. Cleared at the next crossing, or when the counts are read.
     */
    @Nullable Throwable missedThrown;

    /** The word after {@link #missedThrown} had been passed on. */
    int missedAt;

    /** Panics that are counted, and neither reported nor counted as silenced. */
    int unreported;

    /** Memory errors that are counted, and that could not be reported for want of memory. */
    int unreportedMemoryErrors;

    /** Panics that are counted, and that the quarantine does not know of. */
    int unsuspected;

    /** Calls that were rejected and not counted. */
    int missedRejections;

    final Extension extension;
    final Phase phase;
    final BoundaryServices services;
    final Reporter reporter;

    private final Counters counters = new Counters(Tally.values().length);
    private final Throttle throttle = new Throttle();
    private volatile long silenceNanos;

    /** The policy in force. */
    volatile PhasePolicy policy;

    private volatile @Nullable OwnerBiasedCounter rejections;

    private volatile @Nullable ThrottledReports errors;

    Ledger(Extension extension, Phase phase, BoundaryServices services) {
        super(services.watchdog());
        this.extension = extension;
        this.phase = phase;
        this.services = services;
        this.reporter = services.reporter();
        this.policy = PhasePolicy.builtIn(phase);
    }

    final Extension owner() {
        return extension;
    }

    final Phase phase() {
        return phase;
    }

    void apply(PhasePolicy next) {
        policy = next;
        silenceNanos = Nanos.of(next.log().interval());
        throttle.reconsider();
        ThrottledReports returned = errors;
        if (returned != null) {
            returned.reconsider();
        }
    }

    // Counting.

    final void count(Outcome outcome) {
        if (outcome.isPanic()) {
            count(Tally.PANICS);
        } else if (outcome == Outcome.ERROR) {
            count(Tally.ERRORS);
        }
    }

    final void count(Tally tally) {
        counters.increment(tally.ordinal());
    }

    /** Returns the counter of rejected calls, of which there may be as many as a tight loop can make. */
    final OwnerBiasedCounter rejections() {
        OwnerBiasedCounter known = rejections;
        return known == null ? newRejections() : known;
    }

    private OwnerBiasedCounter newRejections() {
        OwnerBiasedCounter made = new OwnerBiasedCounter();
        synchronized (this) {
            OwnerBiasedCounter known = rejections;
            if (known == null) {
                known = made;
                rejections = known;
            }
            return known;
        }
    }

    final long total(Tally tally) {
        if (tally == Tally.REJECTED) {
            OwnerBiasedCounter known = rejections;
            return (known == null ? 0 : known.sum()) + missedRejections;
        }
        return counters.sum(tally.ordinal()) + (tally == Tally.PANICS ? missed() : 0);
    }

    private synchronized int missed() {
        missedThrown = null;
        return missedPanics;
    }

    /** Notifies listeners of a count. */
    final void announce(Tally tally) {
        reporter.counted(extension, phase, tally, total(tally));
    }

    // Reporting.

    /** Reports a panic, unless this interval has had enough reports, including one of this type. */
    final void report(@Nullable String function, @Nullable Long id, Throwable thrown, PanicAction action) {
        long now = services.now();
        if (throttle.hasEnded(silenceNanos, now)) {
            reportSilenced(now);
        }
        Throttle.Decision decision = decide(thrown.getClass().getName(), now);
        if (decision == Throttle.Decision.SILENT) {
            requestVisit();
            recordSilenced(function, id, thrown, action);
            return;
        }
        boolean first = decision == Throttle.Decision.FIRST;
        if (!reporter.panicked(extension, phase, function, id, thrown, action, first)) {
            set(OWING, true); // The heap is full. The next call may find room.
        }
    }

    /** Reports an error that setup or teardown returned, as {@link #report} does a panic. */
    final void reportError(Throwable thrown) {
        ThrottledReports known = errors;
        boolean logged =
                (known == null ? newErrors() : known).admit(thrown.getClass().getName());
        reporter.failed(extension, phase, thrown, logged);
    }

    private ThrottledReports newErrors() {
        ThrottledReports made = new ThrottledReports(this, Tally.ERRORS);
        synchronized (this) {
            ThrottledReports known = errors;
            if (known == null) {
                known = made;
                errors = known;
            }
            return known;
        }
    }

    private void recordSilenced(@Nullable String function, @Nullable Long id, Throwable thrown, PanicAction action) {
        try {
            reporter.recordSilenced(extension, phase, function, id, thrown, action);
        } catch (Throwable ours) {
            // No stack or memory, or the recorder fails. The panic is counted, and is part of the log's summary.
        }
    }

    /** Decides whether to report. A new type takes memory. If the heap is full, the reserve provides it. */
    private Throttle.Decision decide(String type, long now) {
        try {
            return throttle.decide(type, policy.log().burst(), silenceNanos, now);
        } catch (OutOfMemoryError full) {
            reporter.spendReserve();
            set(OWING, true); // The next call puts memory aside again.
            return throttle.decide(type, policy.log().burst(), silenceNanos, now);
        }
    }

    /** Reports panics silenced in an interval that has ended. */
    private void reportSilenced(long now) {
        reporter.silenced(
                extension,
                phase,
                Tally.PANICS,
                throttle.takeSilenced(silenceNanos, now),
                policy.log().interval());
    }

    /** Reports panics and errors silenced so far. */
    void reportSilenced() {
        Duration time = throttle.timeSilenced(silenceNanos, services.now());
        reporter.silenced(extension, phase, Tally.PANICS, throttle.takeSilenced(), time);
        ThrottledReports returned = errors;
        if (returned != null) {
            returned.reportSilenced();
        }
    }

    /**
     * Reports silenced panics and errors, if their interval has ended. Returns whether some are left to report.
     */
    boolean visitSilenced(long now) {
        ThrottledReports returned = errors;
        boolean errorsLeft = returned != null && returned.visitSilenced(now);
        boolean reported = throttle.hasEnded(silenceNanos, now)
                && watchdog().run(() -> {
                    reportSilenced(now);
                    visitAgainIfSilenced(throttle);
                });
        return (!reported && throttle.hasSilenced()) || errorsLeft;
    }

    /**
     * Requests a visit if a throttle still has something to report: the next interval may have begun just before this
     * one's silenced reports were taken, and some of them are carried over.
     */
    final void visitAgainIfSilenced(Throttle reported) {
        if (reported.hasSilenced()) {
            requestVisit();
        }
    }

    /** Returns how long an interval of the log is, in nanoseconds. */
    final long silenceNanos() {
        return silenceNanos;
    }

    // What is owed.

    /** Returns whether a throwable is the {@link #missedThrown} of a call nested in the one that read {@code seen}. */
    final synchronized boolean isMissed(Throwable thrown, int seen) {
        return missedThrown == thrown && isBefore(seen, missedAt);
    }

    /** Does what could not be done when it was due. What cannot be done now stays owed. Allocates only for reports. */
    final void makeUp() {
        int reports;
        int memoryErrors;
        int suspicions;
        Throwable late;
        Thread interrupted;
        synchronized (this) {
            if (missedPanics > 0) {
                counters.add(Tally.PANICS.ordinal(), missedPanics);
                unreported += missedPanics;
                unsuspected += missedPanics;
                missedPanics = 0;
            }
            reports = unreported;
            memoryErrors = unreportedMemoryErrors;
            suspicions = Math.min(unsuspected, policy.quarantine().threshold());
            unreported = 0;
            unreportedMemoryErrors = 0;
            unsuspected = 0;
            late = missedPanic;
            missedPanic = null;
            interrupted = missedInterrupt;
            missedInterrupt = null;
            missedThrown = null;
            gate &= ~OWING;
        }
        try {
            if (interrupted != null) {
                interrupted.interrupt();
                interrupted = null;
            }
            reporter.restoreReserve();
            for (; memoryErrors > 0; memoryErrors--) {
                report(null, null, unseen(), PanicAction.RETHROWN);
            }
            if (late != null) {
                report(null, null, late, actionOn(late));
                late = null;
                reports--;
            }
            throttle.silence(reports);
            reports = 0;
            for (; suspicions > 0; suspicions--) {
                suspect(Quarantine.NO_PROBE, null);
            }
            requestVisit();
            announce(Tally.PANICS);
        } catch (Throwable ours) {
            synchronized (this) {
                try {
                    gate |= OWING;
                } catch (Throwable entering) {
                    gate |= OWING;
                }
                unreported += reports;
                unreportedMemoryErrors += memoryErrors;
                unsuspected += suspicions;
                missedPanic = missedPanic == null ? late : missedPanic;
                missedInterrupt = missedInterrupt == null ? interrupted : missedInterrupt;
            }
        }
    }

    /**
     * Returns a stand-in for a memory error that could not be kept. Has no trace, since the error happened elsewhere.
     */
    private static OutOfMemoryError unseen() {
        OutOfMemoryError unseen = new OutOfMemoryError("there was no memory left to report it when it happened");
        unseen.setStackTrace(NOWHERE);
        return unseen;
    }

    /** Returns what the policy does about a throwable that counts as a panic. */
    final PanicAction actionOn(Throwable thrown) {
        if (Classifier.isFatal(thrown)) {
            return PanicAction.RETHROWN;
        }
        return policy.onPanic() == OnPanic.THROW ? PanicAction.THROWN : PanicAction.SUPPRESSED;
    }

    /**
     * Counts a panic towards quarantine. {@code probe} is the token of the call that panicked, and {@code thrown} is
     * null if it is not known.
     */
    abstract void suspect(long probe, @Nullable Throwable thrown);

    /** Forgets all counts and debts. */
    void reset() {
        counters.reset();
        throttle.reset();
        ThrottledReports returned = errors;
        if (returned != null) {
            returned.reset();
        }
        synchronized (this) {
            rejections = null;
            missedPanics = 0;
            unreported = 0;
            unreportedMemoryErrors = 0;
            unsuspected = 0;
            missedRejections = 0;
            missedPanic = null;
            missedInterrupt = null;
            missedThrown = null;
            gate &= ~OWING;
        }
    }
}
