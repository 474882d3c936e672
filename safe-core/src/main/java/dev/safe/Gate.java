package dev.safe;

import dev.safe.internal.hostfunction.CallBoundary;
import dev.safe.internal.watch.Watchdog;
import dev.safe.internal.watch.Watched;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What a call reads before it goes through a boundary: one volatile word, of which the {@linkplain #OBSERVED lower bits} are
 * zero unless somebody has to know about the call.
 *
 * <p>Every write is under this object's monitor, which nothing else is held by and under which nothing is called: code at
 * the end of the stack can enter a monitor and write a field, but it can call nothing.
 *
 * <table>
 * <caption>The bits of the word</caption>
 * <tr><th>bit</th><th>set by</th><th>cleared by</th><th>what a reader may conclude</th></tr>
 * <tr><td>{@link #UNUSED}</td><td>construction, and removal</td><td>the first call</td>
 *     <td>the extension may have to be made known, and is running from now on</td></tr>
 * <tr><td>{@link #ASKING}</td><td>the quarantine, when it is entered</td><td>the quarantine, when it is left</td>
 *     <td>the quarantine decides about the call</td></tr>
 * <tr><td>{@link #REJECTING}</td><td>the quarantine by hand; the watchdog, while a backoff has long to go</td>
 *     <td>the watchdog or a rejected call, shortly before the backoff is over; a release</td>
 *     <td>the call is not made, and the quarantine need not be asked</td></tr>
 * <tr><td>{@link #COUNTED}</td><td>with {@code REJECTING}, where a listener counts; a listener that is added</td>
 *     <td>with {@code REJECTING}</td><td>the listeners are notified of the rejected call</td></tr>
 * <tr><td>{@link #WATCHED}</td><td>a policy with a budget; construction, with timers</td>
 *     <td>a policy without</td><td>the call has a beginning and an end</td></tr>
 * <tr><td>{@link #STAMPED}</td><td>construction, with timers or a ticker that was given</td><td>nobody</td>
 *     <td>the beginning is read from the ticker</td></tr>
 * <tr><td>{@link #OWING}</td><td>a call that ended where nothing could be called</td><td>the next call</td>
 *     <td>something has to be made up for</td></tr>
 * <tr><td>{@link #THROWING}</td><td>a policy that passes panics on</td><td>one that does not</td>
 *     <td>a panic is thrown, even where the policy cannot be asked</td></tr>
 * <tr><td>{@link #AWAITING}</td><td>whoever asks the watchdog to come back</td><td>the watchdog, when it does</td>
 *     <td>the watchdog need not be asked</td></tr>
 * </table>
 *
 * <p>The bits above are the number of throwables that have been passed on here. A call that remembers the word it read can
 * tell by it whether something was passed on since, and so within it.
 */
abstract class Gate extends CallBoundary {

    static final int UNUSED = 1;
    static final int ASKING = 2;
    static final int REJECTING = 4;
    static final int COUNTED = 8;
    static final int WATCHED = 16;
    static final int STAMPED = 32;
    static final int AWAITING = 512;

    static final int PASSED_ON = 1024;

    /** All bits below the number of throwables that have been passed on. */
    static final int BELOW = PASSED_ON - 1;

    /**
     * What was passed on by a call that could not say so. A call around it may see it come by, and must not count it again.
     * Let go of at the next crossing, or when somebody looks at the counts.
     */
    @Nullable Throwable missedThrown;

    /** The word as it was once that had been passed on. */
    int missedAt;

    /** Panics that are counted, and neither reported nor known to have been silenced. */
    int unreported;

    /** Memory errors that are counted, and that there was no memory to report. */
    int unreportedMemoryErrors;

    /** Panics that are counted, and that the quarantine does not know of. */
    int unsuspected;

    /** Calls that were rejected and not counted. */
    int missedRejections;

    private final Watchdog watchdog;

    /** How the watchdog refers to this, so that it keeps nobody alive. Made when it is needed. */
    private volatile @Nullable WeakReference<Watched> self;

    Gate(Watchdog watchdog) {
        this.watchdog = watchdog;
        gate = UNUSED;
    }

    final synchronized void set(int bits, boolean wanted) {
        gate = wanted ? gate | bits : gate & ~bits;
    }

    /** Says what is to become of calls for as long as the quarantine stays in its state. */
    final synchronized void setAdmission(Quarantine.Admission admission, boolean counted) {
        int rejecting = counted ? REJECTING | COUNTED : REJECTING;
        gate = switch (admission) {
            case ADMIT -> gate & ~(ASKING | REJECTING | COUNTED);
            case ASK -> (gate | ASKING) & ~(REJECTING | COUNTED);
            case REJECT -> gate | ASKING | rejecting;
        };
    }

    /** Has listeners notified of rejected calls, if calls are rejected now: there is one that was not there before. */
    final synchronized void countRejected() {
        if ((gate & REJECTING) != 0) {
            gate |= COUNTED;
        }
    }

    /** Notes that a throwable is passed on. Returns the word from now on. */
    final synchronized int passOn() {
        gate += PASSED_ON;
        return gate;
    }

    /** Returns whether a word was read before another. */
    static boolean isBefore(int seen, int passedOn) {
        return (passedOn | BELOW) - (seen | BELOW) > 0;
    }

    /** Leaves a panic to be counted by the next call. */
    final synchronized void miss() {
        missedPanics++;
        gate |= OWING;
    }

    /** Forgets what is owed. */
    final synchronized void forgive() {
        missedPanics = 0;
        unreported = 0;
        unreportedMemoryErrors = 0;
        unsuspected = 0;
        missedRejections = 0;
        missedThrown = null;
        gate &= ~OWING;
    }

    final synchronized int missed() {
        missedThrown = null;
        return missedPanics;
    }

    final synchronized boolean isMissed(Throwable thrown, int seen) {
        return missedThrown == thrown && isBefore(seen, missedAt);
    }

    // The watchdog's visits.

    final Watchdog watchdog() {
        return watchdog;
    }

    final WeakReference<Watched> self() {
        WeakReference<Watched> known = self;
        return known != null ? known : newSelf();
    }

    private synchronized WeakReference<Watched> newSelf() {
        WeakReference<Watched> known = self;
        if (known == null) {
            known = new WeakReference<>((Watched) this);
            self = known;
        }
        return known;
    }

    /** Asks the watchdog to come back, unless it will anyway. */
    final void comeBack() {
        if ((gate & AWAITING) == 0 && beginAwaiting()) {
            try {
                watchdog.comeBackTo(self());
            } catch (Throwable ours) {
                synchronized (this) {
                    gate &= ~AWAITING; // No stack or memory: whoever asks next asks again.
                }
                throw ours;
            }
        }
    }

    private synchronized boolean beginAwaiting() {
        boolean first = (gate & AWAITING) == 0;
        gate |= AWAITING;
        return first;
    }
}
