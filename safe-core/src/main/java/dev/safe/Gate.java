package dev.safe;

import dev.safe.internal.hostfunction.CallBoundary;
import dev.safe.internal.watch.Visited;
import dev.safe.internal.watch.Watchdog;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The word that a call reads before it goes through a boundary: one volatile field, whose
 * {@linkplain #OBSERVED lower bits} are zero unless the call needs a closer look. The first of the four layers of a
 * {@link Boundary}.
 *
 * <p>Every write is made under this object's monitor, since code at the end of the stack can enter a monitor and write
 * a field, but cannot call anything. Nothing that could wait for the monitor is called while it is held.
 *
 * <p>After it has entered a monitor, the interpreter checks once more whether there is room on the stack. If there is
 * none, it throws before the first statement under the monitor. So where a write must not be lost, the first statement
 * is in a try block and is repeated in the catch block, where nothing throws.
 *
 * <table>
 * <caption>The bits of the word</caption>
 * <tr><th>bit</th><th>set by</th><th>cleared by</th><th>what a reader may conclude</th></tr>
 * <tr><td>{@link #UNUSED}</td><td>construction, and removal</td><td>the first call</td>
 *     <td>the extension may have to be listed, and is running from now on</td></tr>
 * <tr><td>{@link #ASKING}</td><td>the quarantine, when it is entered</td><td>the quarantine, when it is left</td>
 *     <td>the quarantine decides about the call</td></tr>
 * <tr><td>{@link #REJECTING}</td><td>the quarantine by hand; the watchdog, while a backoff has long to go</td>
 *     <td>the watchdog or a rejected call, shortly before the backoff is over; a release</td>
 *     <td>the call is not made, and the quarantine need not be asked</td></tr>
 * <tr><td>{@link #COUNTED}</td><td>with {@code REJECTING}, where a listener counts; a listener that is added</td>
 *     <td>with {@code REJECTING}</td><td>the listeners are notified of the rejected call</td></tr>
 * <tr><td>{@link #WATCHED}</td><td>a policy with a budget; construction, with timers</td>
 *     <td>a policy without</td><td>the call has a beginning and an end</td></tr>
 * <tr><td>{@link #STAMPED}</td><td>construction, with timers or a ticker that was given</td><td>never</td>
 *     <td>the beginning is read from the ticker</td></tr>
 * <tr><td>{@link #OWING}</td><td>a call that ended where nothing could be called</td><td>the next call</td>
 *     <td>something has to be made up for</td></tr>
 * <tr><td>{@link #THROWING}</td><td>a policy that passes panics on</td><td>one that does not</td>
 *     <td>a panic is thrown, even where the policy cannot be asked</td></tr>
 * <tr><td>{@link #VISIT_REQUESTED}</td><td>the thread that requests a visit of the watchdog</td>
 *     <td>the watchdog, when it visits</td><td>no other visit has to be requested</td></tr>
 * </table>
 *
 * <p>The bits above these count the throwables that have been passed on here. A call that remembers the word that it
 * read can tell whether something has been passed on since, which must have been by a nested call.
 */
abstract class Gate extends CallBoundary implements Visited {

    static final int UNUSED = 1;
    static final int ASKING = 2;
    static final int REJECTING = 4;
    static final int COUNTED = 8;
    static final int WATCHED = 16;
    static final int STAMPED = 32;
    static final int VISIT_REQUESTED = 512;

    static final int PASSED_ON = 1024;

    /** All bits below the count of throwables that have been passed on. */
    static final int BELOW = PASSED_ON - 1;

    private final Watchdog watchdog;

    /** How the watchdog refers to this, so that it does not keep the boundary alive. Made at the first visit. */
    private volatile @Nullable WeakReference<Visited> self;

    Gate(Watchdog watchdog) {
        this.watchdog = watchdog;
        gate = UNUSED;
    }

    final synchronized void set(int bits, boolean wanted) {
        gate = wanted ? gate | bits : gate & ~bits;
    }

    /**
     * Sets what becomes of calls, for as long as the quarantine stays in its state: they pass, ask it, or are rejected.
     */
    final synchronized void set(Quarantine.Mode mode, boolean counted) {
        int rejecting = counted ? REJECTING | COUNTED : REJECTING;
        gate = switch (mode) {
            case PASSING -> gate & ~(ASKING | REJECTING | COUNTED);
            case ASKING -> (gate | ASKING) & ~(REJECTING | COUNTED);
            case REJECTING -> gate | ASKING | rejecting;
        };
    }

    /**
     * Notifies listeners of rejected calls from now on, if calls are rejected now. Called when a listener was added.
     */
    final synchronized void countRejected() {
        if ((gate & REJECTING) != 0) {
            gate |= COUNTED;
        }
    }

    /** Notes that a throwable is passed on. Returns the new word. */
    final synchronized int passOn() {
        gate += PASSED_ON;
        return gate;
    }

    /** Returns whether a word was read before a throwable was passed on. */
    static boolean isBefore(int seen, int passedOn) {
        return (passedOn | BELOW) - (seen | BELOW) > 0;
    }

    // Visits.

    final Watchdog watchdog() {
        return watchdog;
    }

    /** Requests a visit of the watchdog, unless one is requested already. */
    final void requestVisit() {
        if ((gate & VISIT_REQUESTED) == 0 && beginRequest()) {
            try {
                watchdog.visit(self());
            } catch (Throwable ours) {
                synchronized (this) { // No stack or memory. The next request tries again.
                    try {
                        gate &= ~VISIT_REQUESTED;
                    } catch (Throwable entering) {
                        gate &= ~VISIT_REQUESTED;
                    }
                }
                throw ours;
            }
        }
    }

    private synchronized boolean beginRequest() {
        boolean first = (gate & VISIT_REQUESTED) == 0;
        gate |= VISIT_REQUESTED;
        return first;
    }

    private WeakReference<Visited> self() {
        WeakReference<Visited> known = self;
        if (known == null) {
            known = new WeakReference<>(this);
            self = known; // It does no harm if another thread makes a second one.
        }
        return known;
    }
}
