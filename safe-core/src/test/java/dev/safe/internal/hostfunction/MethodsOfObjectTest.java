package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.safe.internal.hostfunction.RecordingBoundary.Failure;
import dev.safe.internal.hostfunction.Shapes.Cloning;
import dev.safe.internal.hostfunction.Shapes.Finalizing;
import dev.safe.internal.hostfunction.Shapes.InheritsFinalize;
import dev.safe.internal.hostfunction.Shapes.LikeObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces that declare methods that every object has, or methods with the same names. */
class MethodsOfObjectTest {

    private final RecordingBoundary boundary = new RecordingBoundary();

    @ParameterizedTest
    @ValueSource(classes = {Finalizing.class, InheritsFinalize.class})
    void shouldRefuseWhatWouldMakeWrappersFinalizable(Class<? extends Finalizing> type) {
        InheritsFinalize body = new InheritsFinalize() {
            @Override
            public int next() {
                return 1;
            }

            @Override
            public void finalize() {}
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wrap(type, body))
                .withMessage("'type' must be an interface without finalize(), since the garbage collector would call it"
                        + " on each wrapper, got " + type.getName());
    }

    private <F> void wrap(Class<F> type, Object body) {
        HostFunctions.wrap(boundary, "f", type, type.cast(body));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGuardWhatIsOnlyNamedLikeMethodsOfObject(Mechanism mechanism) {
        LikeObject wrapper = mechanism.wrap(boundary, LikeObject.class, new LikeObject() {
            @Override
            public void finalize(long id) {}

            @Override
            public void wait(String reason) {}

            @Override
            public int notify(int count) {
                return count;
            }

            @Override
            public Class<?> getClass(String name) {
                return String.class;
            }

            @Override
            public int hashCode(Object of) {
                throw new IllegalStateException("boom");
            }
        });
        wrapper.finalize(1);
        wrapper.wait("for it");
        assertThat(wrapper.notify(2)).isEqualTo(2);
        assertThat(wrapper.getClass("String")).isEqualTo(String.class);
        assertThat(wrapper.hashCode("of")).isZero();
        assertThat(boundary.exited).isEqualTo(4);
        assertThat(boundary.failures).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldGuardClone(Mechanism mechanism) {
        IllegalStateException boom = new IllegalStateException("boom");
        Cloning wrapper = mechanism.wrap(boundary, Cloning.class, new Cloning() {
            @Override
            @SuppressWarnings("MethodDoesntCallSuperMethod")
            public Object clone() {
                throw boom;
            }
        });
        assertThat(wrapper.clone()).isNull();
        assertThat(boundary.failures).containsExactly(new Failure("udp_send", boom));
    }
}
