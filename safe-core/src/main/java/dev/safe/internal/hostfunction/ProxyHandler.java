package dev.safe.internal.hostfunction;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Does by reflection what a spun class does. */
final class ProxyHandler implements InvocationHandler {

    private final Shape shape;
    private final CallBoundary boundary;
    private final String function;
    private final Object target;
    private final @Nullable Object sentinel;
    private final long overridden;

    private ProxyHandler(
            Shape shape, CallBoundary boundary, String function, Object target, @Nullable Object sentinel) {
        this.shape = shape;
        this.boundary = boundary;
        this.function = function;
        this.target = target;
        this.sentinel = sentinel;
        this.overridden = shape.overridden(target);
    }

    static Object wrap(Shape shape, CallBoundary boundary, String function, Object target, @Nullable Object sentinel) {
        ProxyHandler handler = new ProxyHandler(shape, boundary, function, target, sentinel);
        try {
            return Proxy.newProxyInstance(shape.type().getClassLoader(), new Class<?>[] {shape.type()}, handler);
        } catch (IllegalArgumentException unproxiable) {
            throw new IllegalArgumentException(
                    "'type' must be an interface that can be implemented here, got %s: %s"
                            .formatted(shape.type().getName(), unproxiable.getMessage()),
                    unproxiable);
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (isObjectMethod(method)) {
            return invokeObjectMethod(proxy, method, arguments);
        }
        if (method.isDefault() && !isOverridden(method)) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        Object admission = boundary.enter();
        if (admission != CallBoundary.REJECTED) {
            try {
                Object result = call(method, arguments);
                boundary.exit(admission);
                return result;
            } catch (Throwable thrown) {
                boundary.failed(admission, function, thrown);
            }
        }
        return fallback(method);
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            method.trySetAccessible();
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw Objects.requireNonNullElse(thrown.getCause(), thrown);
        }
    }

    private @Nullable Object fallback(Method method) {
        Class<?> returned = method.getReturnType();
        if (returned == void.class) {
            return null;
        }
        if (sentinel != null && !method.isDefault()) {
            return CallBoundary.fresh(Sentinel.checked(sentinel, returned, method.getName()));
        }
        return returned.isPrimitive() ? zero(returned) : null;
    }

    private static Object zero(Class<?> primitive) {
        return Array.get(Array.newInstance(primitive, 1), 0);
    }

    private boolean isOverridden(Method method) {
        List<Method> defaults = shape.defaultMethods();
        for (int i = 0; i < defaults.size(); i++) {
            Method known = defaults.get(i);
            if (known.getName().equals(method.getName())
                    && Shape.descriptor(known).equals(Shape.descriptor(method))) {
                return (overridden & 1L << i) != 0;
            }
        }
        return false;
    }

    private static boolean isObjectMethod(Method method) {
        return method.getDeclaringClass() == Object.class || Shape.isObjectMethod(method);
    }

    private Object invokeObjectMethod(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && arguments[0] == proxy;
            case "hashCode" -> System.identityHashCode(proxy);
            default -> CallBoundary.describe(boundary, function, target);
        };
    }
}
