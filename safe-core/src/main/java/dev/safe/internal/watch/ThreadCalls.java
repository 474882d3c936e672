package dev.safe.internal.watch;

import dev.safe.internal.concurrent.FieldHandles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The watched calls in flight on one thread, whichever guards they belong to: a chain of reusable objects, the
 * outermost call first. Also a weak reference to the thread.
 *
 * <p>A thread finds its own chain by a thread local that holds it weakly. If a pool clears thread locals, or after a
 * collection, the thread gets a new one, at the cost of an allocation. Watchdogs hold the chain strongly while it is
 * listed with them, which is while it has calls in flight and a little longer.
 */
public final class ThreadCalls extends WeakReference<Thread> {

    private static final ThreadLocal<WeakReference<ThreadCalls>> CURRENT = new ThreadLocal<>();
    private static final VarHandle CLAIMS = FieldHandles.find(MethodHandles.lookup(), "claims", int.class);
    private static final VarHandle LISTED = FieldHandles.find(MethodHandles.lookup(), "listed", Watchdog.class);

    private static final @Nullable Watchdog[] NONE = {};

    private final WatchedCall outermost = new WatchedCall(this, null);

    /** Whether the thread's stack trace is the platform's own doing. */
    private final boolean tracesAreTrusted;

    /** Whether the thread's interrupt flag is the platform's own doing. */
    private final boolean signalsAreTrusted;

    /** How often a watchdog has claimed a call of this thread, or postponed its interrupt. */
    private volatile int claims;

    /** A watchdog that this is listed with, or null if there is none. With several guards, there may be more. */
    volatile @Nullable Watchdog listed;

    /** The other watchdogs that this is listed with, and null for those that failed to list it. Guarded by this. */
    @Nullable Watchdog[] listedToo = NONE;

    private ThreadCalls(Thread thread) {
        super(thread);
        tracesAreTrusted = Trust.inTraces(thread);
        signalsAreTrusted = Trust.inSignals(thread);
    }

    /**
     * Returns the calls of the current thread.
     *
     * @return its calls; the same object as long as a call is in flight
     */
    public static ThreadCalls current() {
        WeakReference<ThreadCalls> known = CURRENT.get();
        ThreadCalls calls = known == null ? null : known.get();
        if (calls == null) {
            calls = new ThreadCalls(Thread.currentThread());
            CURRENT.set(new WeakReference<>(calls));
        }
        return calls;
    }

    /**
     * Returns a free object for a call that begins.
     *
     * @param within what is watched; null for a call that is watched in any case
     * @return the object; null if a call of the same {@code within} is in flight on this thread already
     */
    public @Nullable WatchedCall free(@Nullable WeakReference<? extends Watched> within) {
        return outermost.free(within);
    }

    boolean tracesAreTrusted() {
        return tracesAreTrusted;
    }

    boolean signalsAreTrusted() {
        return signalsAreTrusted;
    }

    WatchedCall outermost() {
        return outermost;
    }

    /** Returns the innermost call in flight, or null if there is none. */
    @Nullable WatchedCall innermost() {
        WatchedCall innermost = null;
        for (WatchedCall call = outermost; call != null; call = call.inner()) {
            if (!call.hasEnded()) {
                innermost = call;
            }
        }
        return innermost;
    }

    /** Returns the thread, or null if it has ended. */
    @Nullable Thread thread() {
        Thread current = get();
        return current != null && current.isAlive() ? current : null;
    }

    int claims() {
        return claims;
    }

    int nextClaim() {
        return (int) CLAIMS.getAndAdd(this, 1) + 1;
    }

    // Listing. A thread that begins a call publishes the call first, and then reads whether it is listed. A watchdog
    // that unlists a thread writes that first, and looks at the calls once more, a nap later, before it lets go of the
    // thread.

    /**
     * Lists the thread with a watchdog, if it is not listed yet. To be called by the thread itself, once a call has
     * begun.
     *
     * @param watchdog the watchdog
     */
    public void listWith(Watchdog watchdog) {
        if ((Watchdog) LISTED.getOpaque(this) != watchdog) {
            watchdog.list(this);
        }
    }

    /** Notes that a watchdog knows of this thread. Returns false if it was noted already. */
    synchronized boolean list(Watchdog watchdog) {
        if (listed == watchdog || indexOf(watchdog) >= 0) {
            return false;
        }
        if (listed == null) {
            listed = watchdog;
            return true;
        }
        int free = indexOf(null);
        if (free >= 0) {
            listedToo[free] = watchdog;
        } else {
            @Nullable Watchdog[] more = Arrays.copyOf(listedToo, listedToo.length + 1);
            more[listedToo.length] = watchdog;
            listedToo = more;
        }
        return true;
    }

    synchronized void unlist(Watchdog watchdog) {
        if (listed == watchdog) {
            listed = null;
        }
        int index = indexOf(watchdog);
        if (index >= 0) {
            @Nullable Watchdog[] fewer = Arrays.copyOf(listedToo, listedToo.length - 1);
            if (index < fewer.length) {
                fewer[index] = listedToo[fewer.length];
            }
            listedToo = fewer.length == 0 ? NONE : fewer;
        }
    }

    private int indexOf(@Nullable Watchdog watchdog) {
        for (int i = 0; i < listedToo.length; i++) {
            if (listedToo[i] == watchdog) {
                return i;
            }
        }
        return -1;
    }
}
