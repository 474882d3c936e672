package dev.safe.internal.hostfunction;

import java.lang.reflect.Array;
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
 * <p>Public because classes that are spun into other packages and class loaders extend nothing and know only this type.
 */
public abstract class CallBoundary {

    /** The admission of a call that must not be made. */
    public static final Object REJECTED = new Object();

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
     * For spun classes: a fallback to hand out. Arrays are copied, so that no caller can change what the next one gets.
     *
     * @param fallback a fallback, or null
     * @return the fallback, or a copy of it
     */
    public static @Nullable Object fresh(@Nullable Object fallback) {
        if (fallback instanceof long[] longs) {
            return longs.clone();
        }
        return fallback != null && fallback.getClass().isArray() ? copyOf(fallback) : fallback;
    }

    private static Object copyOf(Object array) {
        int length = Array.getLength(array);
        Object copy = Array.newInstance(array.getClass().getComponentType(), length);
        System.arraycopy(array, 0, copy, 0, length);
        return copy;
    }

    /**
     * For spun classes: a wrapper in words, without asking the target, which may throw.
     *
     * @param boundary the wrapper's boundary
     * @param function the host function's name
     * @param target what it wraps
     * @return a text
     */
    public static String describe(CallBoundary boundary, String function, Object target) {
        return boundary + "/" + function + " guarding " + target.getClass().getName();
    }

    /**
     * For spun classes: a sentinel as a byte.
     *
     * @param sentinel a box that widens to it
     * @return its value
     */
    public static byte byteOf(Object sentinel) {
        return number(sentinel).byteValue();
    }

    /**
     * For spun classes: a sentinel as a short.
     *
     * @param sentinel a box that widens to it
     * @return its value
     */
    public static short shortOf(Object sentinel) {
        return number(sentinel).shortValue();
    }

    /**
     * For spun classes: a sentinel as an int.
     *
     * @param sentinel a box that widens to it
     * @return its value
     */
    public static int intOf(Object sentinel) {
        return number(sentinel).intValue();
    }

    /**
     * For spun classes: a sentinel as a long.
     *
     * @param sentinel a box that widens to it
     * @return its value
     */
    public static long longOf(Object sentinel) {
        return number(sentinel).longValue();
    }

    /**
     * For spun classes: a sentinel as a float.
     *
     * @param sentinel a box that widens to it
     * @return its value
     */
    public static float floatOf(Object sentinel) {
        return number(sentinel).floatValue();
    }

    /**
     * For spun classes: a sentinel as a double.
     *
     * @param sentinel a box that widens to it
     * @return its value
     */
    public static double doubleOf(Object sentinel) {
        return number(sentinel).doubleValue();
    }

    private static Number number(Object sentinel) {
        return sentinel instanceof Character character ? Integer.valueOf(character) : (Number) sentinel;
    }
}
