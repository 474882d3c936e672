package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.hostfunction.Shapes.Diamond;
import dev.safe.internal.hostfunction.Shapes.Source;
import dev.safe.internal.hostfunction.Shapes.TextSource;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions of generic interfaces and their bridges, and what is inherited more than once. */
class InheritedFunctionsTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource
    void shouldGuardBothSidesOfABridge(Mechanism mechanism) {
        TextSource wrapper = mechanism.wrap(boundary, TextSource.class, new TextSource() {
            @Override
            public String next() {
                return "next";
            }

            @Override
            public String label(String of) {
                throw boom;
            }
        });
        Source<String> general = wrapper;

        assertThat(wrapper.next()).isEqualTo("next");
        assertThat(general.next()).isEqualTo("next");
        assertThat(wrapper.label("a")).isNull();
        assertThat(general.label("a")).isNull();
        assertThat(boundary.failures).hasSize(2);
        assertThat(boundary.open()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldContainACallThatABridgeCannotCast(Mechanism mechanism) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Source<Object> wrapper = (Source) mechanism.wrap(boundary, TextSource.class, new TextSource() {
            @Override
            public String next() {
                return "";
            }

            @Override
            public String label(String of) {
                return of;
            }
        });

        assertThat(wrapper.label(1)).isNull();
        assertThat(boundary.failures).singleElement().satisfies(failure -> assertThat(failure.thrown())
                .isInstanceOf(ClassCastException.class));
    }

    @ParameterizedTest
    @EnumSource
    void shouldImplementAMethodInheritedTwiceOnce(Mechanism mechanism) {
        Diamond wrapper = mechanism.wrap(boundary, Diamond.class, new Diamond() {
            @Override
            public String get() {
                return "got";
            }

            @Override
            public int side() {
                return 2;
            }
        });

        assertThat(((Supplier<?>) wrapper).get()).isEqualTo("got");
        assertThat(((Shapes.LeftSide) wrapper).side()).isEqualTo(2);
        assertThat(((Shapes.RightSide) wrapper).side()).isEqualTo(2);
        assertThat(boundary.exited).isEqualTo(3);
    }
}
