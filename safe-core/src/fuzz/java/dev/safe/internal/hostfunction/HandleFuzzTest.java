package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Wraps method handles of any type, by each mechanism. */
class HandleFuzzTest {

    private static final int MAX_ARGUMENTS = 253; // The JVM allows 255 slots, and the handle itself takes one.

    private static final Class<?>[] TYPES = {
        int.class,
        long.class,
        double.class,
        float.class,
        boolean.class,
        byte.class,
        short.class,
        char.class,
        String.class,
        Object.class,
        int[].class,
        long[][].class,
        Object[].class,
        List.class,
        Hidden.class
    };

    private static final MethodHandle CALLED;

    static {
        try {
            CALLED = MethodHandles.lookup()
                    .findVirtual(Body.class, "called", MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** A type that nobody else can name. */
    private static final class Hidden {}

    private static final class Body {

        private @Nullable Object result;
        private @Nullable Throwable panic;
        private int calls;
        private Object[] arguments = {};

        @SuppressWarnings("UnusedMethod") // Called by CALLED.
        @Nullable Object called(Object[] given) throws Throwable {
            calls++;
            arguments = given;
            if (panic != null) {
                throw panic;
            }
            return result;
        }
    }

    @FuzzTest(maxDuration = "10m")
    void shouldWrapAnyHandleOrSayWhyNot(FuzzedDataProvider data) throws Throwable {
        Body body = new Body();
        MethodHandle handle = draw(data, body);
        if (handle == null) {
            return;
        }
        for (HandleMechanism mechanism : HandleMechanism.values()) {
            check(data, mechanism, handle, body);
        }
    }

    private static @Nullable MethodHandle draw(FuzzedDataProvider data, Body body) {
        List<Class<?>> parameters = new ArrayList<>();
        int count = data.consumeBoolean() ? data.consumeInt(0, MAX_ARGUMENTS) : data.consumeInt(0, 5);
        Class<?> repeated = data.pickValue(TYPES);
        for (int i = 0; i < count; i++) {
            parameters.add(i < 8 ? data.pickValue(TYPES) : repeated);
        }
        Class<?> result = data.consumeInt(0, 5) == 5 ? void.class : data.pickValue(TYPES);
        try {
            MethodHandle handle = CALLED.bindTo(body)
                    .asCollector(Object[].class, count)
                    .asType(MethodType.methodType(result, parameters));
            boolean collects = count > 0 && parameters.get(count - 1).isArray() && data.consumeBoolean();
            return collects ? handle.asVarargsCollector(parameters.get(count - 1)) : handle;
        } catch (IllegalArgumentException tooManySlots) {
            return null;
        }
    }

    private static void check(FuzzedDataProvider data, HandleMechanism mechanism, MethodHandle handle, Body body)
            throws Throwable {
        RecordingBoundary boundary = new RecordingBoundary();
        Class<?> type = handle.type().returnType();
        Object sentinel = data.consumeBoolean() ? FuzzedValues.of(data, type) : null;
        MethodHandle guarded;
        try {
            guarded = sentinel == null ? mechanism.wrap(boundary, handle) : mechanism.wrap(boundary, handle, sentinel);
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageMatching("(?s)'(body|sentinel)' must .*");
            return;
        }
        assertThat(guarded.type()).isEqualTo(handle.type());
        assertThat(guarded.isVarargsCollector()).isEqualTo(handle.isVarargsCollector());
        Object[] arguments = FuzzedValues.ofAll(data, handle.type().parameterArray());
        MethodHandle called = guarded.asFixedArity();
        int calls = body.calls;

        body.panic = null;
        body.result = type == void.class ? null : FuzzedValues.of(data, type);
        assertThat(called.invokeWithArguments(arguments)).isEqualTo(body.result);
        assertThat(body.arguments).isEqualTo(arguments);
        assertThat(boundary.containments).isEmpty();

        body.panic = FuzzedValues.panic(data);
        Object fallback = sentinel == null ? FuzzedValues.zero(type) : sentinel;
        assertThat(called.invokeWithArguments(arguments)).isEqualTo(fallback);
        assertThat(boundary.containments).hasSize(1);
        assertThat(body.calls).isEqualTo(calls + 2);
        assertThat(boundary.open()).isZero();
    }
}
