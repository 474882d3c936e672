package dev.safe;

import dev.safe.internal.render.SafeText;
import dev.safe.internal.render.ThrowableText;
import dev.safe.internal.time.Nanos;
import dev.safe.internal.time.SlidingWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether calls of one boundary are let through: too many panics within a window, then a backoff, then a single
 * probe. Thread-safe. Every change of state goes through {@link #transition}, under the lock. The owner is notified
 * once the lock is released.
 *
 * <p>A probe is closed by the token it was opened with, so that neither a probe that was given up nor a guard
 * around the probe can undo what has been decided since.
 *
 * <p>A policy may hold the boundary in quarantine. Such a hold masks the state, which goes on changing behind it
 * without announcement.
 */
final class Quarantine {

    /** The mean of the random numbers, used if the source of jitter fails. */
    private static final double MEAN = 0.5;

    private static final String PROBE_PANICKED = "the probe panicked";
    private static final String PROBE_OVERRAN = "the probe exceeded its budget";

    /** The token of a call that must not be made. */
    static final long REFUSED = -1;

    /** The token of a call that may be made and is not a probe. */
    static final long NO_PROBE = 0;

    /** What becomes of calls, for as long as the state does not change. */
    enum Mode {

        /** They go through. */
        PASSING,

        /** They have to {@linkplain #admit ask}. */
        ASKING,

        /** They are rejected. */
        REJECTING
    }

    /** The boundary that the quarantine belongs to. */
    interface Owner {

        /** Takes what becomes of calls from now on. Called under the lock. */
        void changed(Mode mode);

        /**
         * Counts a quarantine that began while calls went through, so not one that a failed probe prolongs. Called
         * under the lock.
         */
        void began();

        /** Reports that quarantine was entered, or entered again after a failed probe. */
        void entered(QuarantineReport report);

        /** Reports that quarantine was left. */
        void left(QuarantineReport report);
    }

    private sealed interface State {}

    /** Calls go through. The next backoff starts over once this has lasted as long as {@code lastBackoff}. */
    private record Clear(long since, long lastBackoff) implements State {}

    /** Calls are rejected until a time, after which the next one is a probe. */
    private record BackingOff(long backoff, long since, long delay, Instant until, String reason) implements State {}

    /** One call is out, on one thread. It is given up after another backoff. */
    private record Probing(long token, Thread carrier, long since, long backoff, String reason) implements State {

        /** Returns whether a call is the probe, or is made within it. */
        boolean isMadeBy(long tokenOfCall, Thread caller) {
            return token == tokenOfCall || carrier == caller;
        }
    }

    /** Calls are rejected until the boundary is released. */
    private record UntilReleased(QuarantineState kind, String reason) implements State {}

    private final String extension;
    private final Phase phase;
    private final DoubleSupplier random;
    private final Owner owner;

    private volatile State state;

    /** Why the policy rejects all calls; null if it does not. */
    private volatile @Nullable String hold;

    /** The hold that the owner was notified of last. */
    private @Nullable String announcedHold;

    /** When panics and overruns happened while calls went through. Empty since the trip, while a probe is out. */
    private SlidingWindow window = new SlidingWindow(1);

    private int trips;

    /** Whether the window holds overruns, besides panics. */
    private boolean overruns;

    private long tokens;

    /** How often a quarantine has ended or an operator has taken it over. What tripped before is no news after that. */
    private long ends;

    /**
     * @param random the source of jitter, uniform in [0, 1)
     * @param owner is notified of every change
     */
    Quarantine(String extension, Phase phase, DoubleSupplier random, Owner owner, long now) {
        this.extension = extension;
        this.phase = phase;
        this.random = random;
        this.owner = owner;
        this.state = new Clear(now, 0);
    }

    /**
     * Lets a call through, as a probe if one is due, or refuses it.
     *
     * @return the token of the probe, {@link #NO_PROBE} or {@link #REFUSED}
     */
    long admit(long now, Thread caller) {
        State current = stateUnlessHeld();
        if (current instanceof Clear) {
            return NO_PROBE;
        }
        if (current instanceof Probing probing && probing.carrier == caller) {
            return NO_PROBE;
        }
        return current instanceof BackingOff backingOff && now - backingOff.since >= backingOff.delay
                ? probe(now, caller)
                : REFUSED;
    }

    /** Returns the state, or null while the policy holds the boundary. Looks again if the state changes meanwhile. */
    private @Nullable State stateUnlessHeld() {
        while (true) {
            State current = state;
            boolean held = hold != null;
            if (state == current) { // Each change makes a new state.
                return held ? null : current;
            }
        }
    }

    private synchronized long probe(long now, Thread caller) {
        if (hold != null) {
            return REFUSED;
        }
        if (state instanceof BackingOff backingOff && now - backingOff.since >= backingOff.delay) {
            tokens++;
            transition(new Probing(tokens, caller, now, backingOff.backoff, backingOff.reason));
            return tokens;
        }
        return state instanceof Clear ? NO_PROBE : REFUSED;
    }

    /** Gives up a probe that has been out for as long as its backoff. */
    void expireProbe(QuarantinePolicy policy, long now) {
        if (state instanceof Probing) {
            QuarantineReport entered;
            synchronized (this) {
                entered = state instanceof Probing probing && now - probing.since >= probing.backoff
                        ? trip(policy, next(policy, probing.backoff), "the probe did not return", now)
                        : null;
            }
            notifyEntered(entered);
        }
    }

    private void notifyEntered(@Nullable QuarantineReport report) {
        if (report != null && hold == null) {
            owner.entered(report);
        }
    }

    private void notifyLeft(@Nullable QuarantineReport report) {
        if (report != null && hold == null) {
            owner.left(report);
        }
    }

    /** Ends a probe that returned, or threw something that is not a panic. */
    void returned(long token, long now) {
        notifyLeft(clearIfProbe(token, now));
    }

    private synchronized @Nullable QuarantineReport clearIfProbe(long token, long now) {
        if (!(state instanceof Probing probing) || probing.token != token) {
            return null;
        }
        transition(new Clear(now, probing.backoff));
        return report("the probe returned");
    }

    /**
     * Counts a panic of a call that was admitted with {@code token}.
     *
     * @param thrown what was thrown, null if that is not known
     */
    void panicked(QuarantinePolicy policy, long token, Thread caller, @Nullable Throwable thrown, long now) {
        if (!policy.enabled()) {
            notifyLeft(clearIfProbing(token, caller, now));
            return;
        }
        Trip trip = count(policy, token, caller, PROBE_PANICKED, false, now);
        if (trip != null) {
            notifyEntered(
                    thrown == null
                            ? trip.report
                            : withLast(trip, thrown.getClass().getName(), ThrowableText.describe(thrown)));
        }
    }

    /** Counts a call over its budget that was admitted with {@code token}. Runs no foreign code. */
    void overran(QuarantinePolicy policy, long token, Thread caller, Duration limit, long now) {
        if (!policy.enabled()) {
            notifyLeft(clearIfProbing(token, caller, now));
            return;
        }
        Trip trip = count(policy, token, caller, PROBE_OVERRAN, true, now);
        if (trip != null) {
            String last = "a call of more than " + Nanos.format(limit);
            notifyEntered(withLast(trip, last, last));
        }
    }

    private synchronized @Nullable Trip count(
            QuarantinePolicy policy, long token, Thread caller, String ofProbe, boolean overrun, long now) {
        QuarantineReport entered = null; // For a call from before the quarantine, or a probe that was given up.
        if (state instanceof Clear clear) {
            entered = countWhileClear(policy, clear, overrun, now);
        } else if (state instanceof Probing probing && probing.isMadeBy(token, caller)) {
            entered = trip(policy, next(policy, probing.backoff), ofProbe, now);
        }
        return entered == null ? null : new Trip(entered, ends);
    }

    /** Ends the quarantine at a probe that failed, since the policy that began it was replaced by one without quarantine. */
    private synchronized @Nullable QuarantineReport clearIfProbing(long token, Thread caller, long now) {
        if (!(state instanceof Probing probing) || !probing.isMadeBy(token, caller)) {
            return null;
        }
        trips = 0;
        transition(new Clear(now, 0));
        return report("quarantine was turned off");
    }

    /**
     * A trip that is not reported yet.
     *
     * @param ends how often a quarantine had ended before
     */
    private record Trip(QuarantineReport report, long ends) {}

    /**
     * Adds what tripped the boundary to the reason: in full to the report, in brief to the state, which is also shown
     * to readers who may not see messages. The description is made outside the lock, since that runs foreign code.
     *
     * @return the report; null if the quarantine has ended meanwhile, so that it would come after that of the end
     */
    private synchronized @Nullable QuarantineReport withLast(Trip trip, String brief, String full) {
        if (trip.ends != ends) {
            return null;
        }
        QuarantineReport entered = trip.report;
        boolean ofProbe =
                entered.reason().endsWith(PROBE_PANICKED) || entered.reason().endsWith(PROBE_OVERRAN);
        String joint = ofProbe ? ": " : ", last ";
        String reason = SafeText.of(entered.reason() + joint + brief);
        if (state instanceof BackingOff current && current.reason.equals(entered.reason())) {
            state = new BackingOff(current.backoff, current.since, current.delay, current.until, reason);
        } else if (state instanceof UntilReleased current && current.reason.equals(entered.reason())) {
            state = new UntilReleased(current.kind, reason);
        }
        return new QuarantineReport(
                entered.extension(),
                entered.phase(),
                entered.state(),
                entered.trips(),
                entered.until(),
                SafeText.of(entered.reason() + joint + full),
                entered.declared());
    }

    private @Nullable QuarantineReport countWhileClear(
            QuarantinePolicy policy, Clear clear, boolean overrun, long now) {
        if (window.capacity() != policy.threshold()) {
            window = new SlidingWindow(policy.threshold());
        }
        overruns |= overrun;
        if (!window.add(now, Nanos.of(policy.window()))) {
            return null;
        }
        boolean relapse = clear.lastBackoff > 0 && now - clear.since < clear.lastBackoff;
        long backoff = relapse ? next(policy, clear.lastBackoff) : Nanos.of(policy.initialBackoff());
        String reason = policy.threshold()
                + (overruns ? " panics or overruns within " : " panics within ")
                + Nanos.format(policy.window());
        return trip(policy, backoff, reason, now);
    }

    private QuarantineReport trip(QuarantinePolicy policy, long backoff, String reason, long now) {
        forgetWindow();
        trips = trips == Integer.MAX_VALUE ? trips : trips + 1;
        if (policy.maxTrips() > 0 && trips >= policy.maxTrips()) {
            String numbered = "trip " + trips + ": " + reason;
            transition(new UntilReleased(QuarantineState.DISABLED, numbered));
            return report(numbered);
        }
        long delay = jittered(policy, backoff);
        transition(new BackingOff(backoff, now, delay, until(delay), reason));
        return report(reason);
    }

    /** Puts the boundary into quarantine by hand, until it is released. */
    void impose(String reason, long now) {
        QuarantineReport entered;
        synchronized (this) {
            transition(new UntilReleased(QuarantineState.QUARANTINED, reason));
            entered = report(reason);
        }
        notifyEntered(entered);
    }

    /**
     * Lets calls through again, and forgets how often it tripped.
     *
     * @param reason why, fit to print
     * @throws IllegalStateException if the policy holds it
     */
    void release(String reason, long now) {
        QuarantineReport left;
        synchronized (this) {
            if (hold != null) {
                throw new IllegalStateException(
                        "the quarantine of \"%s\" in %s is declared by its policy's 'hold' (%s), and ends when that is cleared"
                                .formatted(extension, phase.tag(), hold));
            }
            trips = 0;
            left = state instanceof Clear ? null : clear(reason, now);
        }
        notifyLeft(left);
    }

    /** Ends a quarantine that panics led to, because the extension was restarted. */
    void restarted(long now) {
        QuarantineReport left = null;
        synchronized (this) {
            forgetWindow();
            trips = 0;
            if (!(state instanceof Clear || isImposed())) {
                transition(new Clear(now, 0));
                left = report("the extension was restarted");
            }
        }
        notifyLeft(left);
    }

    private boolean isImposed() {
        return state instanceof UntilReleased imposed && imposed.kind == QuarantineState.QUARANTINED;
    }

    /**
     * Rejects all calls for as long as the policy says so. The owner is not notified before {@link #announceHold},
     * since policies are applied under locks.
     *
     * @param reason why; null if the policy does not hold the boundary
     */
    synchronized void hold(@Nullable String reason) {
        Mode before = mode();
        hold = reason;
        changed(before);
    }

    /** Notifies the owner if the hold has begun, ended, or changed its reason since the owner was last notified. */
    void announceHold() {
        QuarantineReport entered = null;
        QuarantineReport left = null;
        synchronized (this) {
            String reason = hold;
            if (Objects.equals(reason, announcedHold)) {
                return;
            }
            announcedHold = reason;
            if (reason != null) {
                entered = report(reason);
            } else if (state instanceof Clear) {
                left = report("no longer held by its policy");
            } else {
                entered = report(Objects.requireNonNull(snapshot().reason()));
            }
        }
        if (entered != null) {
            owner.entered(entered);
        } else if (left != null) {
            owner.left(left);
        }
    }

    private QuarantineReport clear(String reason, long now) {
        forget(now);
        return report(reason);
    }

    /** Lets calls through again and forgets everything, without notifying the owner. */
    synchronized void forget(long now) {
        forgetWindow();
        trips = 0;
        announcedHold = null;
        transition(new Clear(now, 0));
    }

    private void forgetWindow() {
        window.clear();
        overruns = false;
    }

    private void transition(State next) {
        Mode before = mode();
        state = next;
        if (next instanceof Clear || isImposed()) {
            ends++;
        }
        changed(before);
    }

    private void changed(Mode before) {
        Mode now = mode();
        owner.changed(now);
        if (before == Mode.PASSING && now != Mode.PASSING) {
            owner.began();
        }
    }

    private Mode mode() {
        State current = stateUnlessHeld();
        if (current == null || current instanceof UntilReleased) {
            return Mode.REJECTING;
        }
        return current instanceof Clear ? Mode.PASSING : Mode.ASKING;
    }

    /**
     * Rejects calls without letting them ask, if the backoff lasts for longer than the margin. The caller looks again
     * in time.
     *
     * @param margin how much earlier than the end of the backoff calls have to ask again, in nanoseconds
     * @return how long until then, in nanoseconds; zero if there is nothing to wait for
     */
    synchronized long rejectUntilDue(long now, long margin) {
        if (hold == null && state instanceof BackingOff backingOff) {
            long left = backingOff.delay - (now - backingOff.since) - margin;
            owner.changed(left > 0 ? Mode.REJECTING : Mode.ASKING);
            return Math.max(0, left);
        }
        return 0;
    }

    /**
     * Lets calls ask again, if the backoff is over or ends within the margin.
     *
     * @param margin in nanoseconds
     */
    synchronized void askIfDue(long now, long margin) {
        if (hold == null
                && state instanceof BackingOff backingOff
                && backingOff.delay - (now - backingOff.since) <= margin) {
            owner.changed(Mode.ASKING);
        }
    }

    private static long next(QuarantinePolicy policy, long backoff) {
        return Math.min(Nanos.times(backoff, policy.multiplier()), Nanos.of(policy.maxBackoff()));
    }

    private long jittered(QuarantinePolicy policy, long backoff) {
        double factor = 1 + policy.jitter() * (2 * uniform() - 1);
        return Math.max(1, Math.min(Nanos.times(backoff, factor), Nanos.of(policy.maxBackoff())));
    }

    /** Returns a random number, even if the source fails: a boundary must still enter quarantine. */
    private double uniform() {
        try {
            double number = random.getAsDouble();
            return number >= 0 && number <= 1 ? number : MEAN;
        } catch (Throwable foreign) {
            return MEAN;
        }
    }

    /** Returns whether the boundary is in quarantine, or its policy holds it there. */
    boolean isInForce() {
        return mode() != Mode.PASSING;
    }

    synchronized QuarantineSnapshot snapshot() {
        String declared = hold;
        if (declared != null) {
            return new QuarantineSnapshot(QuarantineState.QUARANTINED, trips, null, declared, true);
        }
        State current = state;
        if (current instanceof UntilReleased imposed) {
            return snapshot(imposed.kind, null, imposed.reason);
        }
        if (current instanceof BackingOff backingOff) {
            return snapshot(QuarantineState.QUARANTINED, backingOff.until, backingOff.reason);
        }
        if (current instanceof Probing probing) {
            return snapshot(QuarantineState.PROBING, null, probing.reason);
        }
        return snapshot(QuarantineState.CLEAR, null, null);
    }

    private QuarantineSnapshot snapshot(QuarantineState kind, @Nullable Instant until, @Nullable String reason) {
        return new QuarantineSnapshot(kind, trips, until, reason, false);
    }

    private QuarantineReport report(String reason) {
        QuarantineSnapshot snapshot = snapshot();
        return new QuarantineReport(
                extension, phase, snapshot.state(), trips, snapshot.until(), reason, snapshot.declared());
    }

    /**
     * Returns the time of day when a backoff ends. It is computed once, when the backoff begins, so that it does not
     * drift.
     */
    private static Instant until(long delay) {
        return Instant.now().plusNanos(delay).truncatedTo(ChronoUnit.MILLIS);
    }
}
