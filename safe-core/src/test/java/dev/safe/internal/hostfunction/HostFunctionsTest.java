package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.safe.internal.hostfunction.RecordingBoundary.Failure;
import dev.safe.internal.hostfunction.Shapes.Checked;
import dev.safe.internal.hostfunction.Shapes.Diamond;
import dev.safe.internal.hostfunction.Shapes.Doubling;
import dev.safe.internal.hostfunction.Shapes.Echo;
import dev.safe.internal.hostfunction.Shapes.Flag;
import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.hostfunction.Shapes.LongSource;
import dev.safe.internal.hostfunction.Shapes.LongsSource;
import dev.safe.internal.hostfunction.Shapes.OnlyOne;
import dev.safe.internal.hostfunction.Shapes.PackagePrivate;
import dev.safe.internal.hostfunction.Shapes.Redeclaring;
import dev.safe.internal.hostfunction.Shapes.Returns;
import dev.safe.internal.hostfunction.Shapes.Sealed;
import dev.safe.internal.hostfunction.Shapes.Silent;
import dev.safe.internal.hostfunction.Shapes.Source;
import dev.safe.internal.hostfunction.Shapes.TextSource;
import dev.safe.internal.hostfunction.Shapes.Thrower;
import dev.safe.internal.hostfunction.Shapes.Tripling;
import dev.safe.internal.hostfunction.Shapes.TwoResults;
import dev.safe.internal.hostfunction.Shapes.Varargs;
import dev.safe.internal.watch.WatchedCall;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class HostFunctionsTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    // What a call does, by every mechanism.

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

        callAllAndExpectZero(wrapper);

        assertThat(boundary.failures).hasSize(11).containsOnly(new Failure("udp_send", boom));
        assertThat(boundary.exited).isZero();
        assertThat(boundary.open()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReturnZeroWithoutCallingTheBodyWhenRejected(Mechanism mechanism) {
        Echo echo = new Echo();
        boundary.rejecting = true;

        callAllAndExpectZero(mechanism.wrap(boundary, Returns.class, echo));

        assertThat(echo.seen).isEqualTo("nothing yet");
        assertThat(boundary.rejected).isEqualTo(11);
        assertThat(boundary.exited).isZero();
        assertThat(boundary.failures).isEmpty();
    }

    private static void callAllAndExpectZero(Returns wrapper) {
        assertThat(wrapper.aBoolean(true, 1, (byte) 1)).isFalse();
        assertThat(wrapper.aByte(1, (byte) 1, 1)).isZero();
        assertThat(wrapper.aShort((short) 1, "", 1)).isZero();
        assertThat(wrapper.aChar('1', 1, 1)).isEqualTo('\0');
        assertThat(wrapper.anInt(1, 1, 1, 1, "")).isZero();
        assertThat(wrapper.aLong(1, 1, 1)).isZero();
        assertThat(wrapper.aFloat(1, 1, 1)).isZero();
        assertThat(wrapper.aDouble(1, 1, 1)).isZero();
        wrapper.nothing("", 1, new int[0]);
        assertThat(wrapper.anObject("", 1, new long[0][])).isNull();
        assertThat(wrapper.anArray(1, new Object[0], new long[0])).isNull();
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

    // Generic interfaces and bridges.

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

    // Default methods.

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

    // What every object has.

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

    // Sentinels.

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
                .withMessage("'onPanic' must fit int, the return type of java.util.function.IntSupplier.getAsInt(),"
                        + " got java.lang.Long");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", TwoResults.class, nothing, 1))
                .withMessage("'onPanic' must fit java.lang.String, the return type of "
                        + "dev.safe.internal.hostfunction.Shapes$TwoResults.text(int, java.lang.Object[]),"
                        + " got java.lang.Integer");
    }

    @Test
    void shouldRefuseASentinelThatNoMethodReturns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Runnable.class, () -> {}, 1))
                .withMessage("'onPanic' is of no use: no abstract method of java.lang.Runnable returns anything");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Silent.class, message -> {}, 1))
                .withMessage("'onPanic' is of no use: no abstract method of"
                        + " dev.safe.internal.hostfunction.Shapes$Silent returns anything");
    }

    // Interfaces of the JDK.

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

    @ParameterizedTest
    @EnumSource
    void shouldContainWhatADefaultMethodItselfThrows(Mechanism mechanism) {
        Shapes.Throwing wrapper = mechanism.wrap(boundary, Shapes.Throwing.class, () -> 1);

        assertThat(wrapper.fail(boom)).isZero();
        assertThat(boundary.failures).containsExactly(new Failure("udp_send", boom));
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

    // Who may see what.

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

    // What it costs.

    @Test
    void shouldSpinOneClassPerInterface() {
        Set<Class<?>> classes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            int value = i;
            IntSource body = i % 2 == 0 ? () -> value : new Constant(value);
            IntSource wrapper = HostFunctions.wrap(new RecordingBoundary(), "f" + i, IntSource.class, body);
            assertThat(wrapper.get()).isEqualTo(i);
            classes.add(wrapper.getClass());
        }

        assertThat(classes).hasSize(1);
    }

    @Test
    void shouldAllocateNothingPerCall() {
        CallBoundary silent = new SilentBoundary();
        IntUnaryOperator wrapper = HostFunctions.wrap(silent, "f", IntUnaryOperator.class, value -> value + 1);
        IntUnaryOperator failing = HostFunctions.wrap(
                silent,
                "f",
                IntUnaryOperator.class,
                value -> {
                    throw boom;
                },
                -1);

        assertThat(allocatedBy(wrapper)).isLessThan(100_000L);
        assertThat(allocatedBy(failing)).isLessThan(100_000L);
    }

    /** Bytes allocated by a million calls, once warm. */
    private static long allocatedBy(IntUnaryOperator wrapper) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(call(wrapper)).isNotEqualTo(5);
        long before = threads.getCurrentThreadAllocatedBytes();
        int sum = call(wrapper);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(sum).isNotEqualTo(5);
        return allocated;
    }

    private static int call(IntUnaryOperator wrapper) {
        int sum = 0;
        for (int i = 0; i < 1_000_000; i++) {
            sum += wrapper.applyAsInt(i);
        }
        return sum;
    }

    // What is refused.

    @Test
    void shouldRefuseATypeThatCannotBeWrapped() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", String.class, ""))
                .withMessage("'type' must be an interface, got java.lang.String");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", int.class, 1))
                .withMessage("'type' must be an interface, got int");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Sealed.class, new OnlyOne("")))
                .withMessage("'type' must be an interface that is not sealed, since a wrapper has to implement it,"
                        + " got dev.safe.internal.hostfunction.Shapes$Sealed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", Override.class, new Override() {
                    @Override
                    public Class<Override> annotationType() {
                        return Override.class;
                    }
                }))
                .withMessage("'type' must be an interface of functions, not an annotation, got java.lang.Override");
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void shouldRefuseABodyThatDoesNotImplementTheType() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", (Class) Runnable.class, "body"))
                .withMessage("'body' must implement java.lang.Runnable, got an instance of java.lang.String");
    }

    @Test
    @SuppressWarnings("DataFlowIssue")
    void shouldRefuseNull() {
        IntSource body = () -> 1;

        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(null, "f", IntSource.class, body))
                .withMessage("'boundary' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, null, IntSource.class, body))
                .withMessage("'function' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", (Class<IntSource>) null, body))
                .withMessage("'type' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", IntSource.class, null))
                .withMessage("'body' must not be null");
        assertThatNullPointerException()
                .isThrownBy(() -> HostFunctions.wrap(boundary, "f", IntSource.class, body, null))
                .withMessage("'onPanic' must not be null");
    }

    private <T> T fail() {
        throw boom;
    }

    private record Constant(int get) implements IntSource {}

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

    /** Counts nothing. */
    private static final class SilentBoundary extends CallBoundary {

        @Override
        public WatchedCall enter() {
            return null;
        }

        @Override
        public void exit(WatchedCall call) {}

        @Override
        public void failed(int seen, WatchedCall call, String function, Throwable thrown) {}

        @Override
        public void contained(int seen, WatchedCall call, String function, Throwable thrown) {}

        @Override
        public String extension() {
            return "silent";
        }
    }
}
