package dev.safe.internal.hostfunction;

import static java.lang.invoke.MethodType.methodType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.safe.internal.hostfunction.RecordingBoundary.Failure;
import dev.safe.internal.watch.WatchedCall;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedHandleTest {

    private static final List<Class<?>> RESULTS = List.of(
            void.class,
            boolean.class,
            byte.class,
            short.class,
            char.class,
            int.class,
            long.class,
            float.class,
            double.class,
            String.class,
            long[].class);

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @ParameterizedTest
    @EnumSource
    void shouldPassArgumentsAndTheResult(HandleMechanism mechanism) throws Throwable {
        MethodHandle guarded = mechanism.wrap(
                boundary, find("sum", methodType(double.class, byte.class, long.class, double.class, int.class)));

        assertThat((double) guarded.invokeExact((byte) 1, 20L, 300.5, 4000)).isEqualTo(4321.5);
        assertThat(boundary.entered).isEqualTo(1);
        assertThat(boundary.exited).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCallWhatReturnsNothing(HandleMechanism mechanism) throws Throwable {
        StringBuilder seen = new StringBuilder();
        MethodHandle guarded =
                mechanism.wrap(boundary, find("append", methodType(void.class, StringBuilder.class, char.class)));

        guarded.invokeExact(seen, 'c');

        assertThat(seen).hasToString("c");
        assertThat(boundary.exited).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnZeroOfTheExactTypeWhenTheBodyThrows(HandleMechanism mechanism) throws Throwable {
        for (Class<?> result : RESULTS) {
            MethodHandle body = throwing(methodType(result, int.class, double.class));
            MethodHandle guarded = mechanism.wrap(boundary, body);

            assertThat(guarded.type()).isEqualTo(body.type());
            assertThat(guarded.invoke(1, 2.0)).isEqualTo(Fallback.ZERO.apply(result));
        }
        assertThat(boundary.containments).hasSize(RESULTS.size()).containsOnly(new Failure("f", boom));
        assertThat(boundary.failures).isEmpty();
        assertThat(boundary.exited).isZero();
        assertThat(boundary.open()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnZeroWithoutCallingTheBodyWhenRejected(HandleMechanism mechanism) throws Throwable {
        boundary.rejecting = true;
        for (Class<?> result : RESULTS) {
            MethodHandle guarded = mechanism.wrap(boundary, throwing(methodType(result, int.class)));
            assertThat(guarded.invoke(1)).isEqualTo(Fallback.ZERO.apply(result));
        }
        assertThat(boundary.rejected).isEqualTo(RESULTS.size());
        assertThat(boundary.containments).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnTheSentinel(HandleMechanism mechanism) throws Throwable {
        MethodHandle guarded = mechanism.wrap(boundary, throwing(methodType(long.class, String.class)), -1);

        assertThat((long) guarded.invokeExact("")).isEqualTo(-1L);
        boundary.rejecting = true;
        assertThat((long) guarded.invokeExact("")).isEqualTo(-1L);
        assertThat(boundary.containments).hasSize(1);
        assertThat(boundary.rejected).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHandOutAFreshCopyOfASentinelArray(HandleMechanism mechanism) throws Throwable {
        MethodHandle guarded = mechanism.wrap(boundary, throwing(methodType(long[].class)), new long[] {7});

        ((long[]) guarded.invokeExact())[0] = 8;

        assertThat((long[]) guarded.invokeExact()).containsExactly(7);
    }

    @ParameterizedTest
    @EnumSource
    void shouldContainARealStackOverflow(HandleMechanism mechanism) throws Throwable {
        MethodHandle guarded = mechanism.wrap(boundary, find("recurse", methodType(int.class, int.class)), -1);

        assertThat((int) guarded.invokeExact(0)).isEqualTo(-1);
        assertThat(boundary.containments).singleElement().satisfies(failure -> assertThat(failure.thrown())
                .isInstanceOf(StackOverflowError.class));
    }

    @ParameterizedTest
    @MethodSource("flaws")
    void shouldLetNoFailureOfTheBoundaryOut(HandleMechanism mechanism, Flaw flaw) throws Throwable {
        FlawedBoundary flawed = new FlawedBoundary(flaw);
        MethodHandle failing = mechanism.wrap(flawed, throwing(methodType(int.class, long.class)), -1);
        MethodHandle returning = mechanism.wrap(
                flawed, MethodHandles.dropArguments(MethodHandles.constant(int.class, 5), 0, long.class), -1);

        assertThat((int) failing.invokeExact(1L)).isEqualTo(-1);
        assertThat((int) returning.invokeExact(1L)).isEqualTo(flaw.spoilsAResult ? -1 : 5);
        mechanism.wrap(flawed, throwing(methodType(void.class))).invokeExact();
        assertThat(flawed.missedPanics).isEqualTo(flaw.missedPanics);
        assertThat(flawed.gate)
                .isEqualTo(flaw.missedPanics > 0 ? CallBoundary.OBSERVED : CallBoundary.OBSERVED & ~CallBoundary.OWING);
        assertThat(flawed.calls.stream().filter(call -> call.abandoned)).hasSize(flaw.missedPanics);
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnTheSentinelOfEachTypeWhereTheBoundaryHasNoRoom(HandleMechanism mechanism) throws Throwable {
        FlawedBoundary flawed = new FlawedBoundary(Flaw.CONTAINED);
        for (Class<?> result : RESULTS) {
            MethodHandle guarded = mechanism.wrap(flawed, throwing(methodType(result, long.class, String.class)));
            assertThat(guarded.invoke(1L, "")).isEqualTo(Fallback.ZERO.apply(result));
        }
        MethodHandle guarded = mechanism.wrap(flawed, throwing(methodType(long[].class)), new long[] {7});
        assertThat((long[]) guarded.invokeExact()).containsExactly(7);
        assertThat(flawed.missedPanics).isEqualTo(RESULTS.size() + 1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldAskNobodyWhereTheGateIsOpen(HandleMechanism mechanism) throws Throwable {
        FlawedBoundary flawed = new FlawedBoundary(Flaw.CONTAINED);
        flawed.gate = 0;

        assertThat((int) mechanism
                        .wrap(flawed, MethodHandles.constant(int.class, 5))
                        .invokeExact())
                .isEqualTo(5);
        assertThat((int) mechanism.wrap(flawed, throwing(methodType(int.class))).invokeExact())
                .isZero();
        assertThat(flawed.missedPanics).isOne();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCollectVariableArgumentsIfTheBodyDoes(HandleMechanism mechanism) throws Throwable {
        MethodHandle collecting = find("count", methodType(int.class, String.class, Object[].class));
        MethodHandle guarded = mechanism.wrap(boundary, collecting);

        assertThat(guarded.isVarargsCollector()).isTrue();
        assertThat((int) guarded.invoke("first", "second", "third")).isEqualTo(2);
        assertThat((int) guarded.invokeExact("first", new Object[3])).isEqualTo(3);
        assertThat(mechanism.wrap(boundary, collecting.asFixedArity()).isVarargsCollector())
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("numbersOfSlots")
    void shouldTakeAnyNumberOfArguments(HandleMechanism mechanism, int slots) throws Throwable {
        MethodType type = methodType(int.class, Collections.nCopies(slots, int.class));

        for (MethodHandle body : List.of(throwing(type), MethodHandles.empty(type))) {
            MethodHandle guarded = mechanism.wrap(boundary, body);
            assertThat(guarded.type()).isEqualTo(type);
            for (int i = 0; i < 500; i++) { // The JVM rewrites a handle that is called often.
                assertThat(guarded.invokeWithArguments(Collections.nCopies(slots, 1)))
                        .isEqualTo(0);
            }
        }
        assertThat(boundary.exited).isEqualTo(500);
        assertThat(boundary.containments).hasSize(500);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCountLongsAndDoublesTwice(HandleMechanism mechanism) throws Throwable {
        MethodType most = methodType(long.class, Collections.nCopies(GuardedHandle.MAX_SLOTS / 2, long.class));
        MethodType tooMany = most.appendParameterTypes(double.class);

        assertThat(mechanism
                        .wrap(boundary, throwing(most))
                        .invokeWithArguments(Collections.nCopies(most.parameterCount(), 1L)))
                .isEqualTo(0L);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", throwing(tooMany)))
                .withMessage("'body' must take at most %d argument slots (long and double take two), got %d"
                        .formatted(GuardedHandle.MAX_SLOTS, 2 * tooMany.parameterCount()));
    }

    @Test
    void shouldRefuseASentinelThatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", throwing(methodType(int.class, long.class)), 1L))
                .withMessage("'sentinel' must fit int, the return type of 'body' (long)int, got java.lang.Long");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", throwing(methodType(void.class)), 1))
                .withMessage("'sentinel' must fit void, the return type of 'body' ()void, got java.lang.Integer");
    }

    @Test
    void shouldRefuseNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", (MethodHandle) null))
                .withMessage("'body' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", throwing(methodType(int.class)), null))
                .withMessage("'sentinel' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(null, "f", throwing(methodType(int.class))))
                .withMessage("'boundary' must not be null");
        assertThatCode(() -> HostFunctions.wrap(boundary, "f", throwing(methodType(int.class))))
                .doesNotThrowAnyException();
    }

    static Stream<Arguments> flaws() {
        return eachBy(Flaw.values());
    }

    static Stream<Arguments> numbersOfSlots() {
        return eachBy(0, 1, 127, GuardedHandle.MAX_SLOTS);
    }

    private static Stream<Arguments> eachBy(Object... others) {
        return Stream.of(HandleMechanism.values())
                .flatMap(mechanism -> Stream.of(others).map(other -> Arguments.of(mechanism, other)));
    }

    private MethodHandle throwing(MethodType type) {
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), IllegalStateException.class)
                .bindTo(boom);
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
    }

    private static MethodHandle find(String name, MethodType type) throws ReflectiveOperationException {
        return MethodHandles.lookup().findStatic(GuardedHandleTest.class, name, type);
    }

    private static double sum(byte b, long l, double d, int i) {
        return b + l + d + i;
    }

    private static void append(StringBuilder to, char c) {
        to.append(c);
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static int count(String first, Object... others) {
        return others.length;
    }

    private enum Flaw {
        ENTER(true, 0),
        EXIT(true, 0),
        CONTAINED(false, 2),
        ALL(true, 0);

        final boolean spoilsAResult;
        final int missedPanics;

        Flaw(boolean spoilsAResult, int missedPanics) {
            this.spoilsAResult = spoilsAResult;
            this.missedPanics = missedPanics;
        }
    }

    /** Breaks its promise not to throw. */
    private static final class FlawedBoundary extends CallBoundary {

        final List<WatchedCall> calls = new ArrayList<>();
        private final Flaw flaw;

        FlawedBoundary(Flaw flaw) {
            this.flaw = flaw;
            gate = OBSERVED & ~OWING;
        }

        @Override
        public WatchedCall enter() {
            throwIf(Flaw.ENTER);
            WatchedCall call = WatchedCall.sentinel();
            calls.add(call);
            return call;
        }

        @Override
        public void exit(WatchedCall call) {
            throwIf(Flaw.EXIT);
        }

        @Override
        public void failed(int seen, WatchedCall call, String function, Throwable thrown) {
            throw new AssertionError("not to be called");
        }

        @Override
        public void contained(int seen, WatchedCall call, String function, Throwable thrown) {
            throwIf(Flaw.CONTAINED);
        }

        @Override
        public String extension() {
            return "flawed";
        }

        private void throwIf(Flaw candidate) {
            if (flaw == Flaw.ALL) {
                recurse(0);
            } else if (flaw == candidate) {
                throw new OutOfMemoryError("not really");
            }
        }
    }
}
