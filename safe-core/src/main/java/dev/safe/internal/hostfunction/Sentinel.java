package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodType;

/** What a sentinel may be: an instance of the return type, its box, or a box that widens to it without loss. */
final class Sentinel {

    private Sentinel() {}

    /** Returns the sentinel as an instance of the (boxed) return type. */
    static Object checked(Object sentinel, Class<?> returned, String method) {
        if (returned == void.class) {
            throw new IllegalArgumentException(
                    "'onPanic' must not be given for %s, which returns nothing".formatted(method));
        }
        if (!returned.isPrimitive()) {
            check(returned.isInstance(sentinel), sentinel, returned, method);
            return sentinel;
        }
        Class<?> box = MethodType.methodType(returned).wrap().returnType();
        if (box.isInstance(sentinel)) {
            return sentinel;
        }
        check(widens(sentinel, returned), sentinel, returned, method);
        return widened((Number) number(sentinel), returned);
    }

    private static void check(boolean fits, Object sentinel, Class<?> returned, String method) {
        if (!fits) {
            throw new IllegalArgumentException("'onPanic' must be a value that %s can return, of type %s, got %s"
                    .formatted(
                            method, returned.getTypeName(), sentinel.getClass().getTypeName()));
        }
    }

    private static boolean widens(Object sentinel, Class<?> returned) {
        int from = width(sentinel.getClass());
        int to = width(returned);
        boolean lossless = !(sentinel instanceof Integer && returned == float.class)
                && !(sentinel instanceof Long && (returned == float.class || returned == double.class));
        return from > 0 && from < to && lossless && !(sentinel instanceof Character && returned == short.class);
    }

    private static int width(Class<?> type) {
        if (type == Byte.class) {
            return 1;
        } else if (type == Short.class || type == short.class || type == Character.class) {
            return 2;
        } else if (type == Integer.class || type == int.class) {
            return 3;
        } else if (type == Long.class || type == long.class) {
            return 4;
        } else if (type == Float.class || type == float.class) {
            return 5;
        }
        return type == double.class ? 6 : 0;
    }

    private static Object number(Object sentinel) {
        return sentinel instanceof Character character ? (Object) (int) character : sentinel;
    }

    private static Object widened(Number number, Class<?> to) {
        if (to == short.class) {
            return number.shortValue();
        } else if (to == int.class) {
            return number.intValue();
        } else if (to == long.class) {
            return number.longValue();
        }
        return to == float.class ? (Object) number.floatValue() : (Object) number.doubleValue();
    }
}
