package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Wraps host functions so that each call goes across a boundary. Thread-safe. */
public final class HostFunctions {

    private HostFunctions() {}

    /**
     * Wraps an implementation of an interface; its fallback is zero, false or null.
     *
     * @param <F> the interface
     * @param boundary what its calls go across
     * @param function its name in logs
     * @param type the interface
     * @param body the implementation
     * @return the wrapper
     * @throws IllegalArgumentException if the type cannot be wrapped
     */
    public static <F> F wrap(CallBoundary boundary, String function, Class<F> type, F body) {
        return wrapInterface(boundary, function, type, body, null);
    }

    /**
     * Wraps an implementation of an interface.
     *
     * @param <F> the interface
     * @param boundary what its calls go across
     * @param function its name in logs
     * @param type the interface
     * @param body the implementation
     * @param sentinel its fallback
     * @return the wrapper
     * @throws IllegalArgumentException if the type cannot be wrapped or a method cannot return the sentinel
     */
    public static <F> F wrap(CallBoundary boundary, String function, Class<F> type, F body, Object sentinel) {
        return wrapInterface(boundary, function, type, body, sentinel);
    }

    /**
     * Wraps a method handle, so that nothing at all escapes; its fallback is zero, false or null.
     *
     * @param boundary what its calls go across
     * @param function its name in logs
     * @param body the handle
     * @return a handle of the same type
     * @throws IllegalArgumentException if it has too many parameters
     */
    public static MethodHandle wrap(CallBoundary boundary, String function, MethodHandle body) {
        return HandleWrapper.wrap(boundary, checked(function), body, null);
    }

    /**
     * Wraps a method handle, so that nothing at all escapes.
     *
     * @param boundary what its calls go across
     * @param function its name in logs
     * @param body the handle
     * @param sentinel its fallback
     * @return a handle of the same type
     * @throws IllegalArgumentException if it has too many parameters or cannot return the sentinel
     */
    public static MethodHandle wrap(CallBoundary boundary, String function, MethodHandle body, Object sentinel) {
        Objects.requireNonNull(body, "'body' must not be null");
        Class<?> returned = body.type().returnType();
        return HandleWrapper.wrap(
                boundary,
                checked(function),
                body,
                Sentinel.checked(sentinel, returned, "the method handle " + body.type()));
    }

    private static <F> F wrapInterface(
            CallBoundary boundary, String function, Class<F> type, F body, @Nullable Object sentinel) {
        Objects.requireNonNull(type, "'type' must not be null");
        Objects.requireNonNull(body, "'body' must not be null");
        Shape shape = WrapperClass.shapeOf(type);
        if (!type.isInstance(body)) {
            throw new IllegalArgumentException("'body' must be an instance of %s, got %s"
                    .formatted(type.getName(), body.getClass().getName()));
        }
        if (sentinel != null) {
            shape.checkSentinel(sentinel);
        }
        return type.cast(WrapperClass.of(type).wrap(boundary, checked(function), body, sentinel));
    }

    private static String checked(String function) {
        return Objects.requireNonNull(function, "'function' must not be null");
    }
}
