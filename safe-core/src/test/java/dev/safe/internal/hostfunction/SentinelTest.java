package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.safe.internal.hostfunction.Shapes.Doubling;
import dev.safe.internal.hostfunction.Shapes.Flag;
import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.hostfunction.Shapes.LongSource;
import dev.safe.internal.hostfunction.Shapes.LongsSource;
import dev.safe.internal.hostfunction.Shapes.Silent;
import dev.safe.internal.hostfunction.Shapes.TextSource;
import dev.safe.internal.hostfunction.Shapes.TwoResults;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sentinel that a host function returns in place of a result. */
class SentinelTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource
    void shouldReturnTheSentinelWhenTheBodyThrows(Mechanism mechanism) {
        IntSource ints = mechanism.wrap(boundary, IntSource.class, this::fail, -1);
        LongSource longs = mechanism.wrap(boundary, LongSource.class, this::fail, -2);
        Flag flag = mechanism.wrap(boundary, Flag.class, this::fail, true);
        TextSource text = mechanism.wrap(boundary, TextSource.class, new Texts(this::fail), "sorry");

        assertThat(ints.get()).isEqualTo(-1);
        assertThat(longs.get()).isEqualTo(-2L);
        assertThat(flag.get()).isTrue();
        assertThat(text.next()).isSameAs("sorry");
        assertThat(boundary.failures).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnTheSentinelWhenRejected(Mechanism mechanism) {
        boundary.rejecting = true;

        assertThat(mechanism.wrap(boundary, IntSource.class, () -> 5, -1).get()).isEqualTo(-1);
        assertThat(boundary.rejected).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHandOutAFreshCopyOfASentinelArray(Mechanism mechanism) {
        LongsSource wrapper = mechanism.wrap(boundary, LongsSource.class, this::fail, new long[] {7});

        wrapper.get()[0] = 8;

        assertThat(wrapper.get()).containsExactly(7);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnZeroFromAnOverriddenDefaultMethodThatTheSentinelDoesNotFit(Mechanism mechanism) {
        Doubling body = new Doubling() {
            @Override
            public int once(int value) {
                throw boom;
            }

            @Override
            public int twice(int value) {
                throw boom;
            }

            @Override
            public long twice(long value, double unused, long other) {
                throw boom;
            }

            @Override
            public Doubling self() {
                throw boom;
            }
        };
        Doubling wrapper = mechanism.wrap(boundary, Doubling.class, body, -1);

        assertThat(wrapper.once(1)).isEqualTo(-1);
        assertThat(wrapper.twice(1)).isEqualTo(-1);
        assertThat(wrapper.twice(1L, 1, 1)).isEqualTo(-1);
        assertThat(wrapper.self()).isNull();
        assertThat(boundary.failures).hasSize(4);
    }

    @Test
    void shouldRefuseASentinelThatDoesNotFit() {
        TwoResults nothing = new TwoResults() {
            @Override
            public int number() {
                return 0;
            }

            @Override
            public String text(int one, Object... others) {
                return "";
            }
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", IntSupplier.class, () -> 1, -1L))
                .withMessage("'sentinel' must fit int, the return type of java.util.function.IntSupplier.getAsInt(),"
                        + " got java.lang.Long");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", TwoResults.class, nothing, 1))
                .withMessage("'sentinel' must fit java.lang.String, the return type of "
                        + "dev.safe.internal.hostfunction.Shapes$TwoResults.text(int, java.lang.Object[]),"
                        + " got java.lang.Integer");
    }

    @Test
    void shouldRefuseASentinelThatNoMethodReturns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Runnable.class, () -> {}, 1))
                .withMessage("'sentinel' is of no use: no abstract method of java.lang.Runnable returns anything");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Silent.class, message -> {}, 1))
                .withMessage("'sentinel' is of no use: no abstract method of"
                        + " dev.safe.internal.hostfunction.Shapes$Silent returns anything");
    }

    private <T> T fail() {
        throw boom;
    }

    private record Texts(Supplier<String> source) implements TextSource {
        @Override
        public String next() {
            return source.get();
        }

        @Override
        public String label(String of) {
            return source.get();
        }
    }
}
