package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.hostfunction.RecordingBoundary.Failure;
import dev.safe.internal.hostfunction.Shapes.Doubling;
import dev.safe.internal.hostfunction.Shapes.Tripling;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Default methods of the wrapped interface, which run on the wrapper unless the body overrides them. */
class DefaultMethodsTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource
    void shouldRunADefaultMethodOnTheWrapper(Mechanism mechanism) {
        Doubling wrapper = mechanism.wrap(boundary, Doubling.class, value -> value + 1);

        assertThat(wrapper.twice(4)).isEqualTo(10);
        assertThat(wrapper.twice(4L, 0.5, 1L << 40)).isEqualTo(5 + (1L << 40));
        assertThat(wrapper.self()).isSameAs(wrapper);
        assertThat(boundary.exited).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource
    void shouldGuardWhatADefaultMethodCalls(Mechanism mechanism) {
        Doubling wrapper = mechanism.wrap(boundary, Doubling.class, value -> {
            throw boom;
        });

        assertThat(wrapper.twice(4)).isZero();
        assertThat(boundary.failures).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldForwardADefaultMethodThatTheBodyOverrides(Mechanism mechanism) {
        Doubling body = new Doubling() {
            @Override
            public int once(int value) {
                return value;
            }

            @Override
            public int twice(int value) {
                return 100 / value;
            }

            @Override
            public Doubling self() {
                throw boom;
            }
        };
        Doubling wrapper = mechanism.wrap(boundary, Doubling.class, body);

        assertThat(wrapper.twice(50)).isEqualTo(2);
        assertThat(boundary.exited).isEqualTo(1);
        assertThat(wrapper.twice(0)).isZero();
        assertThat(wrapper.self()).isNull();
        assertThat(boundary.failures).hasSize(2);
        assertThat(wrapper.twice(7L, 0.5, 1)).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource
    void shouldForwardADefaultMethodThatASuperclassOrAnInterfaceOfTheBodyOverrides(Mechanism mechanism) {
        class Ten implements Doubling {
            @Override
            public int once(int value) {
                return value;
            }

            @Override
            public int twice(int value) {
                return 10;
            }
        }
        class Eleven extends Ten {}

        Tripling byInterface = value -> value;

        assertThat(mechanism.wrap(boundary, Doubling.class, new Eleven()).twice(1))
                .isEqualTo(10);
        assertThat(mechanism.wrap(boundary, Doubling.class, byInterface).twice(1))
                .isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRunInheritedDefaultMethods(Mechanism mechanism) {
        Tripling wrapper = mechanism.wrap(boundary, Tripling.class, value -> value);

        assertThat(wrapper.thrice(2)).isEqualTo(42);
        assertThat(wrapper.twice(2L, 0, 3)).isEqualTo(5);
        assertThat(boundary.exited).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource
    void shouldWrapAWrapper(Mechanism mechanism) {
        RecordingBoundary outer = new RecordingBoundary();
        Doubling inner = mechanism.wrap(boundary, Doubling.class, value -> {
            throw boom;
        });
        Doubling wrapper = mechanism.wrap(outer, Doubling.class, inner);

        assertThat(wrapper.once(1)).isZero();
        assertThat(wrapper.twice(1)).isZero();
        assertThat(boundary.failures).hasSize(3);
        assertThat(outer.failures).isEmpty();
        assertThat(outer.exited).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldContainWhatADefaultMethodItselfThrows(Mechanism mechanism) {
        Shapes.Throwing wrapper = mechanism.wrap(boundary, Shapes.Throwing.class, () -> 1);

        assertThat(wrapper.fail(boom)).isZero();
        assertThat(boundary.failures).containsExactly(new Failure("udp_send", boom));
    }
}
