package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.hostfunction.RecordingBoundary.Failure;
import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.hostfunction.Shapes.PackagePrivate;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Wraps interfaces of the JDK, and interfaces that are not public. */
class WrappedInterfacesTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource(names = "SPUN_BESIDE_THE_INTERFACE", mode = Mode.EXCLUDE)
    @SuppressWarnings("unchecked")
    void shouldGuardWhatComparatorsHandOut(Mechanism mechanism) {
        Comparator<String> wrapper = mechanism.wrap(boundary, Comparator.class, (one, other) -> {
            throw boom;
        });

        assertThat(wrapper.reversed().compare("a", "b")).isZero();
        assertThat(wrapper.thenComparing(Comparator.naturalOrder()).compare("a", "b"))
                .isNegative();
        assertThat(wrapper.equals(wrapper)).isTrue();
        assertThat(boundary.failures).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(names = "SPUN_BESIDE_THE_INTERFACE", mode = Mode.EXCLUDE)
    @SuppressWarnings("unchecked")
    void shouldGuardWhatFunctionsHandOut(Mechanism mechanism) {
        Function<String, String> wrapper = mechanism.wrap(boundary, Function.class, any -> {
            throw boom;
        });

        assertThat(wrapper.andThen(result -> "then " + result).apply("a")).isEqualTo("then null");
        assertThat(wrapper.compose(String::valueOf).apply("a")).isNull();
        assertThat(boundary.failures).hasSize(2);
    }

    @Test
    void shouldWrapManyInterfacesOfTheJdk() throws Exception {
        assertThat(HostFunctions.wrap(boundary, "f", Callable.class, () -> 1).call())
                .isEqualTo(1);
        assertThat(HostFunctions.wrap(boundary, "f", BinaryOperator.class, (a, b) -> b)
                        .apply(1, 2))
                .isEqualTo(2);
        assertThat(HostFunctions.wrap(boundary, "f", ToDoubleBiFunction.class, (a, b) -> 0.5)
                        .applyAsDouble(1, 2))
                .isEqualTo(0.5);
        HostFunctions.wrap(boundary, "f", Runnable.class, () -> {
                    throw boom;
                })
                .run();
        assertThat(HostFunctions.wrap(boundary, "f", List.class, List.of(1, 2)).get(1))
                .isEqualTo(2);
        assertThat(HostFunctions.wrap(boundary, "f", List.class, List.of(1, 2)).get(2))
                .isNull();
        assertThat(boundary.failures).hasSize(2);
    }

    @Test
    void shouldWrapAPackagePrivateInterface() {
        PackagePrivate wrapper = HostFunctions.wrap(boundary, "f", PackagePrivate.class, () -> {
            throw boom;
        });

        assertThat(Proxy.isProxyClass(wrapper.getClass())).isFalse();
        assertThat(wrapper.orZero()).isZero();
        assertThat(HostFunctions.wrap(boundary, "f", PackagePrivate.class, () -> () -> 1)
                        .orZero())
                .isEqualTo(1);
    }

    @Test
    void shouldWrapAPackagePrivateInterfaceInAProxyToo() {
        PackagePrivate wrapper = Mechanism.PROXY.wrap(boundary, PackagePrivate.class, () -> () -> 1);

        assertThat(wrapper.orZero()).isEqualTo(1);
        assertThat(boundary.exited).isEqualTo(2);
    }

    @Test
    void shouldWrapAPrivateInterface() {
        assertThat(Shapes.callPrivate(wrapPrivate(Shapes.privateInterface()), 1))
                .isZero();
        assertThat(boundary.failures).containsExactly(new Failure("f", boom));
    }

    private <F> F wrapPrivate(Class<F> type) {
        F wrapper = HostFunctions.wrap(boundary, "f", type, type.cast(Shapes.privateBody(boom)));
        assertThat(Proxy.isProxyClass(wrapper.getClass())).isFalse();
        return wrapper;
    }

    @Test
    void shouldWrapALocalInterface() {
        interface Local {
            int call();
        }

        assertThat(HostFunctions.wrap(boundary, "f", Local.class, this::fail, 3).call())
                .isEqualTo(3);
    }

    @Test
    void shouldWrapInAProxyWhereClassesCannotBeDefined() {
        String nativeImage = "org.graalvm.nativeimage.imagecode";
        System.setProperty(nativeImage, "runtime");
        try {
            assertThat(WrapperFactory.of(HostInterface.of(IntSource.class))).isInstanceOf(ProxyWrapperFactory.class);
        } finally {
            System.clearProperty(nativeImage);
        }
        assertThat(WrapperFactory.of(HostInterface.of(IntSource.class))).isInstanceOf(SpunWrapperFactory.class);
    }

    private <T> T fail() {
        throw boom;
    }
}
