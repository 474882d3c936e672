package dev.safe.internal.hostfunction;

import dev.safe.internal.watch.WatchedCall;
import org.jspecify.annotations.Nullable;

/**
 * The protocol between a boundary and the code that calls across it. A way in does exactly this:
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
 *         synchronized (boundary) {
 *             boundary.missedPanics++;                    // there was no room to ask the boundary
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
 * <p>The innermost catch block calls no method, because at the end of the stack there is no frame left to call one with.
 *
 * <p>Public because the classes that are spun into other packages and class loaders know this type, and {@link WatchedCall}, and of Safe no other.
 */
public abstract class CallBoundary {

    /** The admission of a call that must not be made. */
    public static final WatchedCall REJECTED = WatchedCall.sentinel();

    /** The bits of {@link #gate} that are zero unless somebody has to know about a call. */
    public static final int OBSERVED = 0xFF;

    /** The bit of {@link #gate} that says that there are {@link #missedPanics}. */
    public static final int OWING = 64;

    /** The bit of {@link #gate} that says that a panic is to be thrown where there is no room to ask {@link #failed}. */
    public static final int THROWING = 256;

    /**
     * Has no room for anything but admitting a call. A wrapper's class rehearses a panic on it, so that the JVM has
     * resolved whatever the end of a call names before a call ends where there is no room to resolve it.
     */
    public static final CallBoundary OUT_OF_ROOM = new OutOfRoom();

    /** What a call reads first. Written only while this object's monitor is held. */
    @SuppressWarnings("PublicField") // A read of it needs no stack frame.
    public volatile int gate;

    /**
     * How many panics there was no room to report to {@link #failed} or {@link #contained}, so that they are not counted.
     * Guarded by the monitor of this boundary, which makes up for them and sets it to zero.
     */
    @SuppressWarnings("PublicField") // A write to it needs no stack frame.
    public int missedPanics;

    /** For subclasses. */
    protected CallBoundary() {}

    /**
     * Asks for a call to be let through. Never throws.
     *
     * @return {@link #REJECTED}, or what {@code exit} or {@code failed} is to be called with; null, almost always, if
     *     nobody needs to know when the call ends
     */
    public abstract @Nullable WatchedCall enter();

    /**
     * Tells that an admitted call returned. Never throws.
     *
     * @param call what {@link #enter()} returned
     */
    public abstract void exit(WatchedCall call);

    /**
     * Tells that an admitted call threw: classifies, counts, reports and decides.
     *
     * <p>A {@link StackOverflowError} or {@link OutOfMemoryError} that comes out of it and is not {@code thrown} means that
     * there was no room: the caller adds to {@link #missedPanics}, so it must not have been counted.
     *
     * @param seen the gate, as the call read it
     * @param call what {@link #enter()} returned; null if it was not asked
     * @param function the host function's name
     * @param thrown what the call threw
     * @throws Throwable if the policy says that this is passed on; if it returns, the call's outcome is its fallback
     */
    public abstract void failed(int seen, @Nullable WatchedCall call, String function, Throwable thrown)
            throws Throwable;

    /**
     * Like {@link #failed}, for a caller that nothing may be thrown at, such as native code: counts and reports, never
     * throws.
     *
     * @param seen the gate, as the call read it
     * @param call what {@link #enter()} returned; null if it was not asked
     * @param function the host function's name
     * @param thrown what the call threw
     */
    public abstract void contained(int seen, @Nullable WatchedCall call, String function, Throwable thrown);

    /**
     * The name of the extension that is called.
     *
     * @return its name, for people to read
     */
    public abstract String extension();

    /**
     * What a wrapper answers to {@code toString()}. Names the target's class and never calls the target, which might throw.
     *
     * @param function the host function's name
     * @param target what the wrapper guards
     * @return for example {@code network.udp/udp_send guarding com.acme.UdpSender}
     */
    public final String describe(String function, Object target) {
        return extension() + "/" + function + " guarding " + target.getClass().getName();
    }

    private static final class OutOfRoom extends CallBoundary {

        /** Never in flight, so that a rehearsal may give it up. */
        private final WatchedCall rehearsed = WatchedCall.sentinel();

        OutOfRoom() {
            gate = OBSERVED;
        }

        @Override
        public WatchedCall enter() {
            return rehearsed;
        }

        /** May be called with null, for a class to know it. */
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
