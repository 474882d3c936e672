package dev.safe;

import dev.safe.internal.concurrent.Counters;
import dev.safe.internal.concurrent.OwnerBiasedCounter;
import dev.safe.internal.time.Nanos;
import dev.safe.internal.time.Throttle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a boundary has counted, which of its panics are reported, and what it still owes. The second of the four layers of a
 * {@link Boundary}. Thread-safe.
 *
 * <p>A call that ends where there is no stack or memory left writes what it owes into a field, under this object's monitor.
 * The next call {@linkplain #makeUp makes up for it}, or the next look at the extension. The fields are written in the frames
 * of the calls themselves, and so are not private.
 */
@SuppressWarnings("EnumOrdinal") // counters have no other index
abstract class Ledger extends Gate {

    private static final StackTraceElement[] NOWHERE = {};

    /**
     * A throwable that was passed on by a call that could not say so. A call around it may see it come by, and must not count
     * it again. Let go of at the next crossing, or when the counts are read.
     */
    @Nullable Throwable missedThrown;

    /** The word as it was once {@link #missedThrown} had been passed on. */
    int missedAt;

    /** Panics that are counted, and neither reported nor counted as silenced. */
    int unreported;

    /** Memory errors that are counted, and were not reported since there was no memory for that. */
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

    /** In force now. */
    volatile PhasePolicy policy;

    private volatile @Nullable OwnerBiasedCounter rejections;

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

    /** Returns the counter of calls that are not made, which may be as many as a loop can ask for. */
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

    /** Reports a panic, unless enough were reported in this interval, some of its type among them. */
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
            set(OWING, true); // The heap is full. It may not be when the next call comes.
        }
    }

    private void recordSilenced(@Nullable String function, @Nullable Long id, Throwable thrown, PanicAction action) {
        try {
            reporter.recordSilenced(extension, phase, function, id, thrown, action);
        } catch (Throwable ours) {
            // No stack or memory, or no recorder. It is counted, and the log has its summary.
        }
    }

    /** Decides whether to report. A type that is new takes memory, which the reserve has where the heap is full. */
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
        reporter.silencedPanics(
                extension,
                phase,
                throttle.takeSilenced(silenceNanos, now),
                policy.log().interval());
    }

    /** Reports panics silenced so far. */
    void reportSilenced() {
        Duration time = throttle.timeSilenced(silenceNanos, services.now());
        reporter.silencedPanics(extension, phase, throttle.takeSilenced(), time);
    }

    /** Has silenced panics reported if their interval has ended. Returns whether some are left to be reported. */
    boolean visitSilenced(long now) {
        boolean reported = throttle.hasEnded(silenceNanos, now) && watchdog().run(() -> reportSilenced(now));
        return !reported && throttle.hasSilenced();
    }

    /** Returns how long an interval of the log is, in nanoseconds. */
    final long silenceNanos() {
        return silenceNanos;
    }

    // What is owed.

    /** Returns whether a throwable was passed on by a call within one that read {@code seen}, and could not say so. */
    final synchronized boolean isMissed(Throwable thrown, int seen) {
        return missedThrown == thrown && isBefore(seen, missedAt);
    }

    /** Does what could not be done when it was due. What cannot be done now either stays due. Allocates only reports. */
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

    /** Returns what stands for a memory error. It happened elsewhere, so it has no trace. */
    private static OutOfMemoryError unseen() {
        OutOfMemoryError unseen = new OutOfMemoryError("there was no memory left to report it when it happened");
        unseen.setStackTrace(NOWHERE);
        return unseen;
    }

    /** Returns what the policy does about something thrown that is a panic. */
    final PanicAction actionOn(Throwable thrown) {
        if (Classifier.isFatal(thrown)) {
            return PanicAction.RETHROWN;
        }
        return policy.onPanic() == OnPanic.THROW ? PanicAction.THROWN : PanicAction.SUPPRESSED;
    }

    /** Has the quarantine count a panic of a call that was admitted by {@code probe}. Null for one that is not known. */
    abstract void suspect(long probe, @Nullable Throwable thrown);

    /** Forgets all counts and debts. */
    void reset() {
        counters.reset();
        throttle.reset();
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
