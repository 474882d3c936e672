package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;

/** Wraps interfaces of any shape, by each mechanism, and calls all of their methods. */
class WrappingFuzzTest {

    /** Plays the body: returns or throws what the test wants, and records its calls. */
    private static final class Body implements BiFunction<Integer, Object[], @Nullable Object> {

        private @Nullable Object result;
        private @Nullable Throwable panic;
        private int calls;
        private int called;
        private Object[] arguments = {};

        @Override
        public @Nullable Object apply(Integer method, Object[] given) {
            calls++;
            called = method;
            arguments = given;
            if (panic != null) {
                throw WrappingFuzzTest.<RuntimeException>sneaky(panic);
            }
            return result;
        }
    }

    @FuzzTest(maxDuration = "10m")
    void shouldWrapAnyInterfaceOrSayWhyNot(FuzzedDataProvider data) throws Exception {
        Body body = new Body();
        FuzzedInterface drawn = FuzzedInterface.draw(data, body);
        if (drawn == null) {
            return;
        }
        guarded(data, drawn, body);
        HostInterface host = unlessRefused(() -> HostInterface.of(drawn.type()));
        if (host == null) {
            return;
        }
        for (ClassLocation location : ClassLocation.values()) {
            WrapperFactory spun = unlessRefused(() -> SpunWrapperFactory.at(location, host));
            if (spun != null) {
                recorded(data, drawn, body, spun);
            }
        }
        WrapperFactory proxies = unlessRefused(() -> new ProxyWrapperFactory(host));
        if (proxies != null) {
            recorded(data, drawn, body, proxies);
        }
    }

    /** Returns what is made, or null if it is refused by a message that says what is wrong. */
    private static <T> @Nullable T unlessRefused(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | IllegalStateException refused) {
            assertThat(refused).hasMessageMatching("(?s)'(type|body|sentinel)' .*");
            return null;
        }
    }

    /** Wraps as a host does. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void guarded(FuzzedDataProvider data, FuzzedInterface drawn, Body body) throws Exception {
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
            Object wrapper = unlessRefused(
                    () -> guard.hostFunction("network.udp", "udp_send", (Class) drawn.type(), drawn.body()));
            if (wrapper != null) {
                calls(data, drawn, body, wrapper, () -> (int) guard.snapshot("network.udp")
                        .orElseThrow()
                        .phases()
                        .get(Phase.HOST)
                        .panics());
            }
        }
    }

    private static void recorded(FuzzedDataProvider data, FuzzedInterface drawn, Body body, WrapperFactory wrappers)
            throws Exception {
        RecordingBoundary boundary = new RecordingBoundary();
        Object wrapper =
                unlessRefused(() -> HostFunctions.wrap(boundary, "udp_send", wrappers, drawn.body(), Fallback.ZERO));
        if (wrapper != null) {
            calls(data, drawn, body, wrapper, boundary.failures::size);
            assertThat(boundary.open()).isZero();
        }
    }

    /** Calls a few methods, since there may be thousands. */
    private static void calls(
            FuzzedDataProvider data, FuzzedInterface drawn, Body body, Object wrapper, Supplier<Integer> panics)
            throws Exception {
        assertThat(drawn.type().isInstance(wrapper)).isTrue();
        int before = body.calls;
        assertThat(wrapper.equals(wrapper)).isTrue();
        assertThat(wrapper.hashCode()).isEqualTo(wrapper.hashCode());
        assertThat(wrapper.toString()).contains("udp_send guarding fuzzed.Body");
        assertThat(body.calls).isEqualTo(before);
        int left = 8;
        for (Method method : drawn.type().getMethods()) {
            String key = method.getName() + Type.getMethodDescriptor(method);
            Integer index = drawn.implemented().get(key);
            if (index != null && left-- > 0) {
                method.setAccessible(true);
                call(data, body, wrapper, method, index, panics);
            } else if (drawn.inherited().contains(key) && left-- > 0) {
                method.setAccessible(true);
                inherited(data, body, wrapper, method);
            }
        }
    }

    private static void call(
            FuzzedDataProvider data, Body body, Object wrapper, Method method, int index, Supplier<Integer> panics)
            throws Exception {
        Object[] arguments = FuzzedValues.ofAll(data, method.getParameterTypes());
        Object result = FuzzedValues.of(data, method.getReturnType());
        int calls = body.calls;
        int before = panics.get();

        body.result = result;
        body.panic = null;
        assertSame(invoke(wrapper, method, arguments), result, method.getReturnType());
        assertThat(body.called).isEqualTo(index);
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            assertSame(body.arguments[i], arguments[i], types[i]);
        }
        assertThat(panics.get()).isEqualTo(before);

        body.panic = FuzzedValues.panic(data);
        assertThat(invoke(wrapper, method, arguments)).isEqualTo(FuzzedValues.zero(method.getReturnType()));
        assertThat(panics.get()).isEqualTo(before + 1);
        assertThat(body.calls).isEqualTo(calls + 2);
    }

    /** Calls a default method, which runs on the wrapper itself. */
    private static void inherited(FuzzedDataProvider data, Body body, Object wrapper, Method method) throws Exception {
        int calls = body.calls;
        assertThat(invoke(wrapper, method, FuzzedValues.ofAll(data, method.getParameterTypes())))
                .isEqualTo(FuzzedValues.zero(method.getReturnType()));
        assertThat(body.calls).isEqualTo(calls);
    }

    private static void assertSame(@Nullable Object actual, @Nullable Object expected, Class<?> type) {
        if (type.isPrimitive()) {
            assertThat(actual).isEqualTo(expected);
        } else {
            assertThat(actual == expected).isTrue();
        }
    }

    private static @Nullable Object invoke(Object wrapper, Method method, Object[] arguments) throws Exception {
        try {
            return method.invoke(wrapper, arguments);
        } catch (InvocationTargetException escaped) {
            throw new AssertionError(
                    "escaped from " + method + " with " + Arrays.toString(arguments), escaped.getTargetException());
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
