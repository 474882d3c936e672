package dev.safe.internal.hostfunction;

import dev.safe.internal.watch.WatchedCall;
import org.jspecify.annotations.Nullable;

/**
 * Defines the protocol between a boundary and the code that calls across it. Each way in does exactly this:
 *
 * <pre>{@code
 * int seen = boundary.gate;
 * WatchedCall call = null;
 * if ((seen & OBSERVED) != 0) {
 *     call = boundary.enter();
 *     if (call == CallBoundary.REJECTED) {
 *         return fallback;
 *     }
 * }
 * try {
 *     R result = target.call(arguments);
 *     if (call != null) {
 *         boundary.exit(call);
 *     }
 *     return result;
 * } catch (Throwable thrown) {
 *     try {
 *         boundary.failed(seen, call, function, thrown);  // may throw
 *     } catch (Throwable ours) {
 *         if (ours == thrown || !(ours is a StackOverflowError or an OutOfMemoryError)) {
 *             throw ours;                                 // the policy says so
 *         }
 *         Thread caller = null;                           // there was no room to ask the boundary
 *         if (thrown is an InterruptedException, and call.word does not say that the watchdog interrupted it) {
 *             try {
 *                 caller = Thread.currentThread();
 *             } catch (Throwable none) {}
 *         }
 *         synchronized (boundary) {
 *             try {} catch (Throwable entering) {}
 *             boundary.missedPanics++;
 *             boundary.missedPanic = thrown;
 *             boundary.missedInterrupt = caller;
 *             boundary.gate |= OWING;
 *         }
 *         if (call != null) {
 *             call.abandoned = true;
 *             while (call.word says that it is claimed) {}
 *         }
 *         if ((seen & THROWING) != 0 || (thrown is fatal)) {
 *             throw thrown;
 *         }
 *     }
 *     return fallback;
 * }
 * }</pre>
 *
 * <p>The innermost catch block calls no method that has to succeed, because the end of the stack has no frame left for
 * one. The interpreter looks for room even when it has entered a monitor. If there is none, it throws before the first
 * instruction under the monitor, and the empty try block catches that.
 *
 * <p>Thread-safe. A way in contains what the call throws, as the policy says. It cannot contain a call that never
 * returns. Only a budget limits its time.
 *
 * <p>Public because classes are spun into other packages and class loaders. Of Safe they know this type and
 * {@link WatchedCall}, and nothing else.
 */
public abstract class CallBoundary {

    /** Stands for a call that must not be made. */
    public static final WatchedCall REJECTED = WatchedCall.sentinel();

    /** Selects the bits of {@link #gate} that are zero unless a call has to {@link #enter}. */
    public static final int OBSERVED = 0xFF;

    /** Selects the bit of {@link #gate} that says that something is owed, such as {@link #missedPanics}. */
    public static final int OWING = 64;

    /** Selects the bit of {@link #gate} that says to throw a panic where there is no room to ask {@link #failed}. */
    public static final int THROWING = 256;

    /** Holds what a call reads first. Written only while this object's monitor is held. */
    @SuppressWarnings("PublicField") // A read of it needs no stack frame.
    public volatile int gate;

    /**
     * Counts the panics that went uncounted, because there was no room to report them to {@link #failed} or
     * {@link #contained}. Guarded by the monitor of this boundary, which makes up for them and resets this to zero.
     */
    @SuppressWarnings("PublicField") // A write to it needs no stack frame.
    public int missedPanics;

    /**
     * Holds the last of the missed panics, so that it can be reported when it is made up for, or null for none. Guarded by
     * the monitor of this boundary.
     */
    @SuppressWarnings("PublicField") // A write to it needs no stack frame.
    public @Nullable Throwable missedPanic;

    /**
     * Holds the last thread whose interrupt flag is to be set again, because it threw an {@link InterruptedException} that
     * was missed, or null for none. Guarded by the monitor of this boundary.
     */
    @SuppressWarnings("PublicField") // A write to it needs no stack frame.
    public @Nullable Thread missedInterrupt;

    /** Creates a boundary whose gate lets calls pass. */
    protected CallBoundary() {}

    /**
     * Returns a boundary that has room to admit a call, and for nothing else. Each wrapper class rehearses a panic on
     * such a boundary, so that the JVM resolves the names in the code that ends a call while there still is room to do
     * so.
     *
     * @return a new one, since it keeps the panic
     */
    public static CallBoundary outOfRoom() {
        return new OutOfRoom();
    }

    /**
     * Asks the boundary to admit a call. Never throws.
     *
     * @return {@link #REJECTED}, or what to pass to {@code exit} or {@code failed}; null, as almost always, if nobody
     *     needs to know when the call ends
     */
    public abstract @Nullable WatchedCall enter();

    /**
     * Ends an admitted call that returned. Never throws.
     *
     * @param call what {@link #enter()} returned
     */
    public abstract void exit(WatchedCall call);

    /**
     * Ends an admitted call that threw: classifies, counts, reports and decides.
     *
     * <p>A {@link StackOverflowError} or {@link OutOfMemoryError} that leaves this method and is not {@code thrown}
     * means that there was no room. The panic is not counted then, and the caller adds it to {@link #missedPanics}.
     *
     * @param seen the gate, as the call read it
     * @param call what {@link #enter()} returned; null if it was not asked
     * @param function the host function's name
     * @param thrown what the call threw
     * @throws Throwable if the policy passes it on; if this method returns, the outcome of the call is its fallback
     */
    public abstract void failed(int seen, @Nullable WatchedCall call, String function, Throwable thrown)
            throws Throwable;

    /**
     * Ends a call as {@link #failed} does, for a caller that must see no throwable, such as native code. Counts and
     * reports, and never throws.
     *
     * @param seen the gate, as the call read it
     * @param call what {@link #enter()} returned; null if it was not asked
     * @param function the host function's name
     * @param thrown what the call threw
     */
    public abstract void contained(int seen, @Nullable WatchedCall call, String function, Throwable thrown);

    /**
     * Returns the name of the extension that is called.
     *
     * @return its name, for people to read
     */
    public abstract String extension();

    /**
     * Describes a wrapper for its {@code toString()}. Names the target's class, and never calls the target, which might
     * throw.
     *
     * @param function the host function's name
     * @param target what the wrapper guards
     * @return for example {@code network.udp/udp_send guarding com.acme.UdpSender}
     */
    public final String describe(String function, Object target) {
        return extension() + "/" + function + " guarding " + target.getClass().getName();
    }

    private static final class OutOfRoom extends CallBoundary {

        /** Is never in flight, so a rehearsal may abandon it. */
        private final WatchedCall rehearsed = WatchedCall.sentinel();

        OutOfRoom() {
            gate = OBSERVED;
        }

        @Override
        public WatchedCall enter() {
            return rehearsed;
        }

        /** Accepts null, which the initialisers of spun classes pass in order to resolve this method. */
        @Override
        public void exit(@Nullable WatchedCall call) {
            if (call != null) {
                throw new StackOverflowError();
            }
        }

        @Override
        public void failed(int seen, @Nullable WatchedCall call, String function, Throwable thrown) {
            throw new StackOverflowError();
        }

        @Override
        public void contained(int seen, @Nullable WatchedCall call, String function, Throwable thrown) {
            throw new StackOverflowError();
        }

        @Override
        public String extension() {
            return "none";
        }
    }
}
