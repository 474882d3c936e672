package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.objectweb.asm.Opcodes.ACC_ABSTRACT;
import static org.objectweb.asm.Opcodes.ACC_INTERFACE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.V17;

import dev.safe.internal.hostfunction.Shapes.Checked;
import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.hostfunction.Shapes.LongSource;
import dev.safe.internal.hostfunction.Shapes.LongsSource;
import dev.safe.internal.hostfunction.Shapes.Returns;
import dev.safe.internal.hostfunction.Shapes.Thrower;
import dev.safe.internal.watch.WatchedCall;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.objectweb.asm.ClassWriter;

/** The outcome of a call that panics where there is no stack or memory left for the boundary to decide it. */
class NoRoomTest {

    private static final IllegalStateException BOOM = new IllegalStateException("boom");

    private final RecordingBoundary boundary = new RecordingBoundary();

    @ParameterizedTest
    @EnumSource
    void shouldFallBackAndCountWhereTheBoundaryHasNoRoom(Mechanism mechanism) {
        Returns wrapper = mechanism.wrap(boundary, Returns.class, new Thrower(BOOM));
        for (Error noRoom : List.of(new StackOverflowError(), new OutOfMemoryError("not really"))) {
            boundary.passedOn = noRoom;
            Shapes.callAllAndExpectZero(wrapper);
        }
        assertThat(boundary.missedPanics).isEqualTo(22);
    }

    @ParameterizedTest
    @EnumSource
    void shouldFallBackToTheSentinel(Mechanism mechanism) {
        boundary.passedOn = new StackOverflowError();
        LongSource number = mechanism.wrap(boundary, LongSource.class, () -> throwing(), -1);
        LongsSource numbers = mechanism.wrap(boundary, LongsSource.class, () -> throwing(), new long[] {7});
        assertThat(number.get()).isEqualTo(-1);
        assertThat(numbers.get()).containsExactly(7);
        assertThat(boundary.missedPanics).isEqualTo(2);
    }

    private static <T> T throwing() {
        throw BOOM;
    }

    @ParameterizedTest
    @EnumSource
    void shouldThrowThePanicItselfIfPanicsAreThrown(Mechanism mechanism) {
        boundary.passedOn = new StackOverflowError();
        boundary.gate |= CallBoundary.THROWING;
        IntSource wrapper = mechanism.wrap(boundary, IntSource.class, () -> throwing());
        assertThat(catchThrowable(wrapper::get)).isSameAs(BOOM);
        assertThat(boundary.missedPanics).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void shouldThrowWhatIsFatal(Mechanism mechanism) {
        InternalError fatal = new InternalError("fatal");
        boundary.passedOn = new OutOfMemoryError("not really");
        Returns wrapper = mechanism.wrap(boundary, Returns.class, new Thrower(fatal));
        assertThat(catchThrowable(() -> wrapper.aLong(1, 1, 1))).isSameAs(fatal);
        assertThat(boundary.missedPanics).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotTakeADecisionForAWantOfRoom(Mechanism mechanism) {
        for (Throwable decided : List.of(new StackOverflowError(), new OutOfMemoryError("not really"))) {
            boundary.passedOn = decided;
            Returns wrapper = mechanism.wrap(boundary, Returns.class, new Thrower(decided));
            assertThat(catchThrowable(() -> wrapper.aLong(1, 1, 1))).isSameAs(decided);
        }
        Checked checked = mechanism.wrap(boundary, Checked.class, path -> throwing());
        for (Throwable decided : List.of(new IOException("decided"), new InternalError("decided"))) {
            boundary.passedOn = decided;
            assertThat(catchThrowable(() -> checked.read("/"))).isSameAs(decided);
        }
        assertThat(boundary.missedPanics).isZero();
    }

    /** Calls a new wrapper at each depth that is left before the stack ends. */
    @Tag("exhaustion")
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PROXY")
    void shouldFallBackAtEachDepth(Mechanism mechanism) throws InterruptedException {
        IntSource cold = mechanism.wrap(new ExhaustingBoundary(), IntSource.class, () -> 1, -1);
        assertThat(cold.get()).isOne();
        ExhaustingBoundary exhausting = new ExhaustingBoundary();
        Thrown body = new Thrown();
        Descent descent = new Descent(mechanism.wrap(exhausting, IntSource.class, body, -1), body);
        Thread thread = new Thread(null, descent, "descent", 256 * 1024);
        thread.start();
        thread.join();
        assertThat(descent.wrong).as("at depth %s", descent.depthOfWrong).isNull();
        assertThat(descent.contained).isGreaterThan(100);
        assertThat(exhausting.noted + exhausting.missedPanics).isBetween(body.thrown, descent.contained);
        assertThat(exhausting.missedPanics).isPositive();
    }

    /** Throws without needing another frame, and counts how often it does. */
    private static final class Thrown implements IntSource {

        int thrown;

        @Override
        public int get() {
            thrown++;
            throw BOOM;
        }
    }

    /** A boundary that needs some stack to note what failed. */
    private static final class ExhaustingBoundary extends CallBoundary {

        int noted;

        @Override
        public WatchedCall enter() {
            return null;
        }

        @Override
        public void exit(WatchedCall call) {}

        @Override
        public void failed(int seen, WatchedCall call, String function, Throwable thrown) {
            note(20);
        }

        private void note(int frames) {
            if (frames > 0) {
                note(frames - 1);
            } else {
                noted++;
            }
        }

        @Override
        public void contained(int seen, WatchedCall call, String function, Throwable thrown) {
            throw new AssertionError("not to be called");
        }

        @Override
        public String extension() {
            return "network.udp";
        }
    }

    private static final class Descent implements Runnable {

        private final IntSource wrapper;
        private final Thrown body;
        int contained;
        int depthOfWrong;
        Throwable wrong;

        Descent(IntSource wrapper, Thrown body) {
            this.wrapper = wrapper;
            this.body = body;
        }

        @Override
        public void run() {
            descend(0);
        }

        private void descend(int depth) {
            try {
                descend(depth + 1);
            } catch (StackOverflowError end) {
                // The stack ended further down. Makes the call at this depth, too.
            }
            int before = body.thrown;
            try {
                if (wrapper.get() == -1) {
                    contained++;
                } else {
                    throw new AssertionError("another value");
                }
            } catch (Throwable thrown) {
                if (body.thrown != before) {
                    wrong = thrown;
                    depthOfWrong = depth;
                }
            }
        }
    }

    @Test
    void shouldHandOutAnArrayThatNobodyElseHasWhereThereIsRoom() {
        long[] sentinel = {7};
        boundary.passedOn = new StackOverflowError();
        LongsSource numbers = Mechanism.SPUN_BESIDE_US.wrap(boundary, LongsSource.class, () -> throwing(), sentinel);
        numbers.get()[0] = 8;
        assertThat(sentinel).containsExactly(7);
        boundary.passedOn = null;
        assertThat(numbers.get()).containsExactly(7);
    }

    @Test
    void shouldWrapAnInterfaceOfMoreMethodsThanAreRehearsed() throws IllegalAccessException {
        String name = NoRoomTest.class.getPackageName().replace('.', '/') + "/Large";
        ClassWriter writer = new ClassWriter(0);
        writer.visit(V17, ACC_PUBLIC | ACC_ABSTRACT | ACC_INTERFACE, name, null, "java/lang/Object", null);
        String manyArguments = "(" + "J".repeat(120) + ")J";
        for (int i = 0; i < 500; i++) {
            writer.visitMethod(ACC_PUBLIC | ACC_ABSTRACT, "call" + i, manyArguments, null, null)
                    .visitEnd();
        }
        writer.visitEnd();
        Class<?> large = MethodHandles.lookup().defineClass(writer.toByteArray());
        assertThat(SpunWrapperFactory.at(ClassLocation.BESIDE_THE_INTERFACE, HostInterface.of(large)))
                .isNotNull();
    }
}
