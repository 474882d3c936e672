package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.internal.hostfunction.RecordingBoundary.Failure;
import dev.safe.internal.hostfunction.Shapes.Checked;
import dev.safe.internal.hostfunction.Shapes.Echo;
import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.hostfunction.Shapes.Returns;
import dev.safe.internal.hostfunction.Shapes.Thrower;
import dev.safe.internal.hostfunction.Shapes.Varargs;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a call of a host function does, by every mechanism. */
class HostFunctionCallsTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource
    void shouldPassArgumentsAndResultsOfEveryType(Mechanism mechanism) {
        Echo echo = new Echo();
        Returns wrapper = mechanism.wrap(boundary, Returns.class, echo);
        long[] longs = new long[3];

        assertThat(wrapper.aBoolean(true, Long.MAX_VALUE, (byte) 7)).isTrue();
        assertThat(wrapper.aByte(0.5, (byte) -128, 0.25)).isEqualTo((byte) -128);
        assertThat(wrapper.aShort((short) -300, "o", Long.MIN_VALUE)).isEqualTo((short) -300);
        assertThat(wrapper.aChar('\uffff', -1, 1.5f)).isEqualTo('\uffff');
        assertThat(wrapper.anInt(1, 20, 300.0, 4000.0f, "12345")).isEqualTo(4326);
        assertThat(wrapper.aLong(1, 1L << 40, 2)).isEqualTo(1 + (1L << 41));
        assertThat(wrapper.aFloat(1, 0.5f, 2)).isEqualTo(3.5f);
        assertThat(wrapper.aDouble(0.5, 1, 0.25)).isEqualTo(1.75);
        wrapper.nothing("o", 5, new int[2]);
        assertThat(echo.seen).isEqualTo("o 5 2");
        assertThat(wrapper.anObject("s", 1.5, new long[][] {{9}})).isEqualTo("s1.59");
        assertThat(wrapper.anArray(1, new Object[4], longs)).isSameAs(longs).containsExactly(0, 4, 0);

        assertThat(boundary.entered).isEqualTo(11);
        assertThat(boundary.exited).isEqualTo(11);
        assertThat(boundary.failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnZeroWhenTheBodyThrows(Mechanism mechanism) {
        Returns wrapper = mechanism.wrap(boundary, Returns.class, new Thrower(boom));

        Shapes.callAllAndExpectZero(wrapper);

        assertThat(boundary.failures).hasSize(11).containsOnly(new Failure("udp_send", boom));
        assertThat(boundary.exited).isZero();
        assertThat(boundary.open()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnZeroWithoutCallingTheBodyWhenRejected(Mechanism mechanism) {
        Echo echo = new Echo();
        boundary.rejecting = true;

        Shapes.callAllAndExpectZero(mechanism.wrap(boundary, Returns.class, echo));

        assertThat(echo.seen).isEqualTo("nothing yet");
        assertThat(boundary.rejected).isEqualTo(11);
        assertThat(boundary.exited).isZero();
        assertThat(boundary.failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellTheBoundaryOfEverythingThatIsThrown(Mechanism mechanism) {
        List<Throwable> kinds = List.of(
                new Exception("checked and undeclared"),
                new NoClassDefFoundError("gone"),
                new AssertionError("no"),
                new OutOfMemoryError("not really"),
                new Throwable("bare"));
        for (Throwable kind : kinds) {
            mechanism.wrap(boundary, Returns.class, new Thrower(kind)).nothing("", 1, new int[0]);
        }

        assertThat(boundary.failures).extracting(Failure::thrown).isEqualTo(kinds);
    }

    @ParameterizedTest
    @EnumSource
    void shouldContainARealStackOverflow(Mechanism mechanism) {
        IntSource bottomless = new IntSource() {
            @Override
            public int get() {
                return get() + 1;
            }
        };

        assertThat(mechanism.wrap(boundary, IntSource.class, bottomless).get()).isZero();

        assertThat(boundary.failures).singleElement().satisfies(failure -> assertThat(failure.thrown())
                .isInstanceOf(StackOverflowError.class));
    }

    @ParameterizedTest
    @EnumSource
    void shouldContainADeclaredCheckedException(Mechanism mechanism) {
        IOException declared = new IOException("declared");
        Checked wrapper = mechanism.wrap(boundary, Checked.class, path -> {
            throw declared;
        });

        assertThat(catchThrowable(() -> assertThat(wrapper.read("/")).isZero())).isNull();
        assertThat(boundary.failures).containsExactly(new Failure("udp_send", declared));
    }

    @ParameterizedTest
    @EnumSource
    void shouldPassOnUnchangedWhatTheBoundaryThrows(Mechanism mechanism) {
        Checked wrapper = mechanism.wrap(boundary, Checked.class, path -> {
            throw boom;
        });
        for (Throwable passedOn : List.of(boom, new InternalError("fatal"), new IOException("declared"))) {
            boundary.passedOn = passedOn;
            assertThat(catchThrowable(() -> wrapper.read("/"))).isSameAs(passedOn);
        }
        assertThat(boundary.failures).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCollectVariableArguments(Mechanism mechanism) throws Exception {
        Varargs wrapper = mechanism.wrap(boundary, Varargs.class, (first, others) -> others.length);

        assertThat(wrapper.count("a", "b", "c")).isEqualTo(2);
        assertThat(wrapper.count("a")).isZero();
        assertThat(boundary.exited).isEqualTo(2);
    }
}
