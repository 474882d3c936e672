package dev.safe.internal.hostfunction;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Draws values of given types. */
final class FuzzedValues {

    private FuzzedValues() {}

    /** Draws an argument for each parameter. */
    static Object[] ofAll(FuzzedDataProvider data, Class<?>[] types) {
        Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = of(data, types[i]);
        }
        return values;
    }

    /** Draws a value, or null if it is of a type that cannot be created here. */
    static @Nullable Object of(FuzzedDataProvider data, Class<?> type) {
        if (type == int.class) {
            return data.consumeInt();
        } else if (type == long.class) {
            return data.consumeLong();
        } else if (type == double.class) {
            return data.consumeDouble();
        } else if (type == float.class) {
            return data.consumeFloat();
        } else if (type == boolean.class) {
            return data.consumeBoolean();
        } else if (type == byte.class) {
            return data.consumeByte();
        } else if (type == short.class) {
            return data.consumeShort();
        } else if (type == char.class) {
            return data.consumeChar();
        } else if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), data.consumeInt(0, 2));
        } else if (type == String.class) {
            return data.consumeString(8);
        } else if (type == List.class) {
            return new ArrayList<>();
        } else if (type == Class.class) {
            return String.class;
        }
        return type == Object.class ? new Object() : null;
    }

    /** Returns what a failed call returns that has no sentinel. */
    static @Nullable Object zero(Class<?> type) {
        return type.isPrimitive() && type != void.class ? Array.get(Array.newInstance(type, 1), 0) : null;
    }

    /** Draws what a body throws. */
    static Throwable panic(FuzzedDataProvider data) {
        return switch (data.consumeInt(0, 4)) {
            case 0 -> new NoClassDefFoundError("com/acme/Gone");
            case 1 -> new StackOverflowError();
            case 2 -> new Exception("checked");
            case 3 -> new AssertionError("boom");
            default -> new IllegalStateException("boom");
        };
    }
}
