package dev.safe.internal.hostfunction;

import java.lang.reflect.Array;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what a failed or rejected call returns: the sentinel if it fits the return type, else zero or null.
 *
 * <p>Implements {@link Function}, so that spun classes need not know this class.
 */
final class Fallback implements Function<Class<?>, @Nullable Object> {

    private static final Double ZERO_DOUBLE = 0.0;
    private static final Float ZERO_FLOAT = 0.0f;

    /** Has no sentinel. */
    static final Fallback ZERO = new Fallback();

    private final @Nullable Object sentinel;

    /** Holds the sentinel, or a copy of it if it is an array. */
    private final @Nullable Object spare;

    Fallback(Object sentinel) {
        this.sentinel = sentinel;
        this.spare = unshared(sentinel);
    }

    private Fallback() {
        sentinel = null;
        spare = null;
    }

    @Override
    public @Nullable Object apply(Class<?> returnType) {
        Object fitting = sentinel == null ? null : fit(sentinel, returnType);
        return fitting == null ? zero(returnType) : unshared(fitting);
    }

    /**
     * Chooses as {@link #apply} does, but copies no array. A result can be stored for when there is no room for a copy.
     */
    @Nullable Object stored(Class<?> returnType) {
        Object fitting = spare == null ? null : fit(spare, returnType);
        return fitting == null ? zero(returnType) : fitting;
    }

    /** Checks that there is a sentinel and that a function can return it. */
    void requireFit(Class<?> returnType, Supplier<String> function) {
        if (sentinel == null || fit(sentinel, returnType) == null) {
            throw new IllegalArgumentException("'sentinel' must fit %s, the return type of %s, got %s"
                    .formatted(
                            returnType.getTypeName(),
                            function.get(),
                            sentinel == null ? "null" : sentinel.getClass().getTypeName()));
        }
    }

    /**
     * Converts the sentinel to exactly this type, or returns null if it does not fit. Widens primitives where nothing
     * is lost.
     */
    private static @Nullable Object fit(Object sentinel, Class<?> type) {
        if (!type.isPrimitive()) {
            return type.isInstance(sentinel) ? sentinel : null;
        } else if (type == boolean.class) {
            return sentinel instanceof Boolean ? sentinel : null;
        } else if (type == char.class) {
            return sentinel instanceof Character ? sentinel : null;
        } else {
            return sentinel instanceof Number number ? fitNumber(number, type) : null;
        }
    }

    private static @Nullable Object fitNumber(Number number, Class<?> type) {
        boolean isByte = number instanceof Byte;
        boolean isShort = isByte || number instanceof Short;
        boolean isInt = isShort || number instanceof Integer;
        boolean isFloat = isShort || number instanceof Float;
        if (type == int.class) {
            return isInt ? number.intValue() : null;
        } else if (type == long.class) {
            return isInt || number instanceof Long ? number.longValue() : null;
        } else if (type == double.class) {
            return isInt || isFloat || number instanceof Double ? number.doubleValue() : null;
        } else if (type == float.class) {
            return isFloat ? number.floatValue() : null;
        } else if (type == short.class) {
            return isShort ? number.shortValue() : null;
        } else if (type == byte.class) {
            return isByte ? number : null;
        } else {
            return null; // void
        }
    }

    private static @Nullable Object zero(Class<?> type) {
        if (!type.isPrimitive() || type == void.class) {
            return null;
        } else if (type == int.class) {
            return 0;
        } else if (type == long.class) {
            return 0L;
        } else if (type == boolean.class) {
            return false;
        } else if (type == double.class) {
            return ZERO_DOUBLE;
        } else if (type == float.class) {
            return ZERO_FLOAT;
        } else if (type == char.class) {
            return '\0';
        } else {
            return type == byte.class ? (Object) (byte) 0 : (Object) (short) 0;
        }
    }

    /** Copies an array, because its receiver may write into it. */
    private static Object unshared(Object value) {
        Class<?> element = value.getClass().getComponentType();
        if (element == null) {
            return value;
        }
        int length = Array.getLength(value);
        Object copy = Array.newInstance(element, length);
        System.arraycopy(value, 0, copy, 0, length);
        return copy;
    }
}
