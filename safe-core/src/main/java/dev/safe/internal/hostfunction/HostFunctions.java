package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.ref.SoftReference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Wraps host functions, so that each call crosses a {@link CallBoundary}. Thread-safe. A wrapper is as safe for use by
 * several threads as the body that it wraps.
 *
 * <p>The <b>interface</b> must not be sealed, hidden or an annotation, must name only classes that its class loader
 * finds, must fit in a class file once more, and must not declare {@code finalize()}, which
 * the garbage collector would call on each wrapper, and so on a body that is still in use. If its class loader does not
 * find Safe, or its package is not open to Safe, no class can be defined beside it, and its methods must return public
 * types only. Every abstract method is guarded, and so is a default method that the body's class overrides. A default
 * method that it does not override is the interface's own code. It runs on the wrapper, so that what it calls or hands
 * out ({@code Comparator.reversed()}) is guarded, and the body never escapes. A wrapper equals only itself, and its
 * {@code toString()} never calls the body.
 *
 * <p>A call that failed or was rejected returns the zero value of its return type, or the <b>sentinel</b>. A sentinel
 * is an instance of the return type. For a primitive type it is a box of that type or of one that widens to it without
 * loss, such as an {@code Integer} for a {@code long}. It has to fit every abstract method that returns something. An
 * overridden default method that it does not fit returns zero. An array is handed out as a fresh, shallow copy each
 * time. Any other sentinel is handed out as the same instance, and should be immutable.
 *
 * <p>Where classes cannot be defined at run time, as in a native image, a {@link java.lang.reflect.Proxy} does the same
 * more slowly. One difference remains, which a proxy cannot avoid: a checked exception that the boundary passes on and
 * the method does not declare arrives in an {@link java.lang.reflect.UndeclaredThrowableException}.
 */
public final class HostFunctions {

    /**
     * Caches softly: a wrapper's class refers to Safe's class loader, which an interface of the JDK would otherwise
     * keep alive for good. A class that was dropped is spun again.
     */
    private static final ClassValue<SoftReference<WrapperFactory>> WRAPPERS = new ClassValue<>() {
        @Override
        protected SoftReference<WrapperFactory> computeValue(Class<?> type) {
            return new SoftReference<>(WrapperFactory.of(HostInterface.of(type)));
        }
    };

    private HostFunctions() {}

    /**
     * Wraps a host function. A call that failed or was rejected returns the zero value of its return type.
     *
     * @param <F> the interface
     * @param boundary the boundary that calls cross
     * @param function the host function's name
     * @param type the interface that the wrapper implements
     * @param body the function to call
     * @return the wrapper
     * @throws IllegalArgumentException if {@code type} cannot be wrapped or {@code body} does not implement it
     */
    public static <F> F wrap(CallBoundary boundary, String function, Class<F> type, F body) {
        return wrap(boundary, function, type, body, Fallback.ZERO);
    }

    /**
     * Wraps a host function. A call that failed or was rejected returns a sentinel.
     *
     * @param <F> the interface
     * @param boundary the boundary that calls cross
     * @param function the host function's name
     * @param type the interface that the wrapper implements
     * @param body the function to call
     * @param sentinel what a call that failed or was rejected returns
     * @return the wrapper
     * @throws IllegalArgumentException if {@code type} cannot be wrapped, {@code body} does not implement it, or
     *     {@code sentinel} does not fit the return type of one of its abstract methods
     */
    public static <F> F wrap(CallBoundary boundary, String function, Class<F> type, F body, Object sentinel) {
        return wrap(boundary, function, type, body, new Fallback(required(sentinel, "sentinel")));
    }

    private static <F> F wrap(CallBoundary boundary, String function, Class<F> type, F body, Fallback fallback) {
        required(boundary, "boundary");
        required(function, "function");
        required(type, "type");
        required(body, "body");
        return type.cast(wrap(boundary, function, wrappersOf(type), body, fallback));
    }

    /** Wraps by means of a given factory. */
    static Object wrap(
            CallBoundary boundary, String function, WrapperFactory wrappers, Object body, Fallback fallback) {
        wrappers.type().requireImplementedBy(body);
        if (fallback != Fallback.ZERO) {
            wrappers.type().requireFit(fallback);
        }
        return wrappers.wrap(boundary, function, body, fallback);
    }

    /**
     * Wraps a method handle for native code to call. The result throws nothing at all, since that would end the JVM. A
     * call that failed or was rejected returns zero or null.
     *
     * <p>Does not contain what happens to a thread that is nearly out of stack when native code calls back.
     *
     * @param boundary the boundary that calls cross
     * @param function the host function's name
     * @param body the function to call
     * @return a handle of the same type, which collects variable arguments if {@code body} does
     * @throws IllegalArgumentException if {@code body} takes more than {@value GuardedHandle#MAX_SLOTS} argument slots
     */
    public static MethodHandle wrap(CallBoundary boundary, String function, MethodHandle body) {
        return wrap(boundary, function, body, Fallback.ZERO);
    }

    /**
     * Wraps a method handle for native code to call, as {@link #wrap(CallBoundary, String, MethodHandle)} does. A call
     * that failed or was rejected returns a sentinel.
     *
     * @param boundary the boundary that calls cross
     * @param function the host function's name
     * @param body the function to call
     * @param sentinel what a call that failed or was rejected returns
     * @return a handle of the same type, which collects variable arguments if {@code body} does
     * @throws IllegalArgumentException if {@code body} takes more than {@value GuardedHandle#MAX_SLOTS} argument slots,
     *     or {@code sentinel} does not fit its return type
     */
    public static MethodHandle wrap(CallBoundary boundary, String function, MethodHandle body, Object sentinel) {
        return wrap(boundary, function, body, new Fallback(required(sentinel, "sentinel")));
    }

    private static MethodHandle wrap(CallBoundary boundary, String function, MethodHandle body, Fallback fallback) {
        return GuardedHandle.of(
                required(boundary, "boundary"), required(function, "function"), required(body, "body"), fallback);
    }

    private static WrapperFactory wrappersOf(Class<?> type) {
        while (true) {
            SoftReference<WrapperFactory> reference = WRAPPERS.get(type);
            WrapperFactory wrappers = reference.get();
            if (wrappers != null) {
                return wrappers;
            }
            WRAPPERS.remove(type);
        }
    }

    private static <T> T required(@Nullable T argument, String name) {
        return Objects.requireNonNull(argument, () -> "'" + name + "' must not be null");
    }
}
