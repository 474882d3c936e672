package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The methods that a wrapper of an interface has to have: one for each name and descriptor, inherited ones included. */
record Shape(Class<?> type, List<Method> abstractMethods, List<Method> defaultMethods) {

    /** Whether a target overrides a default method is noted in the bits of a long. */
    private static final int MAX_DEFAULT_METHODS = Long.SIZE;

    static Shape of(Class<?> type) {
        checkWrappable(type);
        Map<String, Method> methods = new LinkedHashMap<>();
        Arrays.stream(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !isObjectMethod(method))
                .sorted(Comparator.comparing(Method::toString))
                .forEach(method -> methods.merge(signature(method), method, Shape::moreSpecific));
        List<Method> abstractMethods = new ArrayList<>();
        List<Method> defaultMethods = new ArrayList<>();
        methods.values().forEach(method -> (method.isDefault() ? defaultMethods : abstractMethods).add(method));
        if (defaultMethods.size() > MAX_DEFAULT_METHODS) {
            throw new IllegalArgumentException("'type' must have at most %d default methods, %s has %d"
                    .formatted(MAX_DEFAULT_METHODS, type.getName(), defaultMethods.size()));
        }
        return new Shape(type, List.copyOf(abstractMethods), List.copyOf(defaultMethods));
    }

    private static void checkWrappable(Class<?> type) {
        if (!type.isInterface() || type.isAnnotation()) {
            throw new IllegalArgumentException("'type' must be an interface, got " + type.getName());
        }
        if (type.isSealed()) {
            throw new IllegalArgumentException(
                    "'type' must not be sealed, since no other class can implement it, got " + type.getName());
        }
        if (type.isHidden()) {
            throw new IllegalArgumentException(
                    "'type' must have a name that other classes can refer to, got the hidden interface "
                            + type.getName());
        }
    }

    void checkSentinel(Object sentinel) {
        boolean returnsSomething = false;
        for (Method method : abstractMethods) {
            if (method.getReturnType() != void.class) {
                returnsSomething = true;
                Sentinel.checked(
                        sentinel,
                        method.getReturnType(),
                        method.getDeclaringClass().getSimpleName() + "." + method.getName());
            }
        }
        if (!returnsSomething) {
            throw new IllegalArgumentException(
                    "'onPanic' must not be given for %s, whose methods return nothing".formatted(type.getName()));
        }
    }

    /** Which default methods a target has an implementation of its own of, a bit for each. */
    long overridden(Object target) {
        long overridden = 0;
        for (int i = 0; i < defaultMethods.size(); i++) {
            if (isOverridden(defaultMethods.get(i), target.getClass())) {
                overridden |= 1L << i;
            }
        }
        return overridden;
    }

    private static boolean isOverridden(Method method, Class<?> target) {
        try {
            Method implementation = target.getMethod(method.getName(), method.getParameterTypes());
            return !implementation.getDeclaringClass().equals(method.getDeclaringClass());
        } catch (NoSuchMethodException impossible) {
            return false;
        }
    }

    static String descriptor(Method method) {
        return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .descriptorString();
    }

    private static String signature(Method method) {
        return method.getName() + descriptor(method);
    }

    private static Method moreSpecific(Method one, Method other) {
        return one.getDeclaringClass().isAssignableFrom(other.getDeclaringClass()) ? other : one;
    }

    static boolean isObjectMethod(Method method) {
        return switch (method.getName()) {
            case "equals" -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {Object.class});
            case "hashCode", "toString" -> method.getParameterCount() == 0;
            default -> false;
        };
    }
}
