package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.hostfunction.Shapes.Redeclaring;
import dev.safe.internal.hostfunction.Shapes.Returns;
import dev.safe.internal.hostfunction.Shapes.Thrower;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Methods that every object has, which a wrapper answers without calling the body. */
class WrapperIdentityTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource
    void shouldBeEqualToItselfOnlyWithoutAskingTheBody(Mechanism mechanism) {
        Thrower body = new Thrower(boom);
        Returns one = mechanism.wrap(boundary, Returns.class, body);
        Returns other = mechanism.wrap(boundary, Returns.class, body);

        assertThat(one.equals(one)).isTrue();
        assertThat(one.equals(other)).isFalse();
        assertThat(one.equals(null)).isFalse();
        assertThat(one.hashCode()).isEqualTo(one.hashCode()).isEqualTo(System.identityHashCode(one));
        assertThat(new HashSet<>(List.of(one, other))).hasSize(2).contains(one);
        assertThat(boundary.entered).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameTheExtensionTheFunctionAndTheBodysClass(Mechanism mechanism) {
        assertThat(mechanism.wrap(boundary, Returns.class, new Thrower(boom)))
                .hasToString("network.udp/udp_send guarding dev.safe.internal.hostfunction.Shapes$Thrower");
        assertThat(boundary.entered).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerForObjectsMethodsThatTheInterfaceRedeclares(Mechanism mechanism) {
        Redeclaring wrapper = mechanism.wrap(boundary, Redeclaring.class, new Redeclaring() {
            @Override
            public boolean equals(Redeclaring other) {
                return true;
            }

            @Override
            public int call() {
                return 1;
            }

            @Override
            public boolean equals(Object other) {
                throw boom;
            }

            @Override
            public int hashCode() {
                throw boom;
            }

            @Override
            public String toString() {
                throw boom;
            }
        });

        assertThat(wrapper.equals((Object) wrapper)).isTrue();
        assertThat(wrapper.equals((Object) "other")).isFalse();
        assertThat(wrapper.hashCode()).isEqualTo(System.identityHashCode(wrapper));
        assertThat(wrapper.toString()).startsWith("network.udp/udp_send guarding ");
        assertThat(boundary.entered).isZero();
        assertThat(wrapper.equals((Redeclaring) null)).isTrue();
        assertThat(wrapper.call()).isEqualTo(1);
        assertThat(boundary.exited).isEqualTo(2);
    }
}
