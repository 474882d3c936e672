package dev.safe.internal.hostfunction;

import org.jspecify.annotations.Nullable;

/**
 * The protocol between a boundary and the code that calls across it. A way in does exactly this:
 *
 * <pre>{@code
 * Object admission = boundary.enter();
 * if (admission == CallBoundary.REJECTED) {
 *     return fallback;
 * }
 * try {
 *     R result = target.call(arguments);
 *     boundary.exit(admission);
 *     return result;
 * } catch (Throwable thrown) {
 *     boundary.failed(admission, function, thrown);   // may throw
 *     return fallback;
 * }
 * }</pre>
 *
 * <p>Public because the classes that are spun into other packages and class loaders know this type, and of Safe no other.
 */
public abstract class CallBoundary {

    /** The admission of a call that must not be made. */
    public static final Object REJECTED = new Object();

    /** The bits of {@link #gate} that are zero unless somebody has to know about a call. */
    public static final int OBSERVED = 0xFF;

    /** The bit of {@link #gate} that says that there are {@link #missedPanics}. */
    public static final int OWING = 64;

    /** What a call reads first. Written only while this object's monitor is held. */
    public volatile int gate;

    /** Panics that could not be noted, since nothing could be called. Read and written while this monitor is held. */
    public int missedPanics;

    /** For subclasses. */
    protected CallBoundary() {}

    /**
     * Asks for a call to be let through. Never throws.
     *
     * @return {@link #REJECTED}, or what {@code exit} or {@code failed} is to be called with; null, almost always, if
     *     nobody needs to know when the call ends
     */
    public abstract @Nullable Object enter();

    /**
     * Tells that an admitted call returned. Never throws.
     *
     * @param admission what {@link #enter()} returned
     */
    public abstract void exit(@Nullable Object admission);

    /**
     * Tells that an admitted call threw: classifies, counts, reports and decides.
     *
     * @param admission what {@link #enter()} returned
     * @param function the host function's name
     * @param thrown what the call threw
     * @throws Throwable if the policy says that this is passed on; if it returns, the call's outcome is its fallback
     */
    public abstract void failed(@Nullable Object admission, String function, Throwable thrown) throws Throwable;

    /**
     * Like {@link #failed}, for a caller that nothing may be thrown at, such as native code: counts and reports, never
     * throws.
     *
     * @param admission what {@link #enter()} returned
     * @param function the host function's name
     * @param thrown what the call threw
     */
    public abstract void contained(@Nullable Object admission, String function, Throwable thrown);

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
}
