package dev.safe.test.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.test.ExtensionContract;
import dev.safe.test.Launched;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult.Status;

/** The contract finds each fault, and nothing else. */
class ContractTest {

    private final Locale locale = Locale.getDefault();
    private final Locale format = Locale.getDefault(Locale.Category.FORMAT);
    private final UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void restore() {
        Locale.setDefault(locale);
        Locale.setDefault(Locale.Category.FORMAT, format);
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }

    static Stream<Class<?>> broken() {
        return Arrays.stream(BrokenExtensions.class.getDeclaredClasses())
                .filter(type -> type.isAnnotationPresent(Breaks.class));
    }

    private static Set<String> checks() {
        return Arrays.stream(ExtensionContract.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(method -> method.getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldAcceptASoundExtension() {
        Launched launched = Launched.run(SoundContract.class);
        assertThat(launched.messages(Status.FAILED)).isEmpty();
        assertThat(launched.messages(Status.ABORTED)).isEmpty();
        assertThat(launched.named(Status.SUCCESSFUL)).isEqualTo(checks()).hasSizeGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void shouldFindTheFaultAndNothingElse(Class<?> broken) {
        Launched launched = Launched.run(broken);
        assertThat(launched.named(Status.FAILED))
                .as("%s%nnot made: %s", launched.messages(Status.FAILED), launched.messages(Status.ABORTED))
                .containsExactlyInAnyOrder(broken.getAnnotation(Breaks.class).value());
        assertThat(launched.messages(Status.FAILED)).allMatch(message -> message.matches("(?s).+\\. .+\\."));
        assertThat(launched.messages(Status.ABORTED)).allMatch(message -> message.contains(": Not checked"));
    }

    /** Its fields are not set in the copy of the class that a loader of its own has. */
    static class WithAFixture extends SoundContract {

        private @Nullable Sound prototype;

        @BeforeEach
        void setUp() {
            prototype = new Sound();
        }

        @Override
        public ExtensionCapability newExtension() {
            Objects.requireNonNull(prototype, "prototype");
            return new Sound();
        }
    }

    @Test
    void shouldNotTakeAFixtureOfTheTestForAFault() {
        Launched launched = Launched.run(WithAFixture.class);
        assertThat(launched.messages(Status.FAILED)).isEmpty();
        assertThat(launched.named(Status.ABORTED)).containsExactly("shouldLeaveNoClassLoader");
    }

    /** Waits for its events as long as it may. */
    static class Draining extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void teardown(TeardownContext context) throws Exception {
                    while (!open.isEmpty() && !context.remaining().isZero()) {
                        Thread.sleep(5);
                    }
                    super.teardown(context);
                }
            };
        }
    }

    @Test
    void shouldLetATeardownUseItsDeadlineUp() {
        assertThat(Launched.run(Draining.class).messages(Status.FAILED)).isEmpty();
    }

    /** Has a payload for each of two kinds of events, which are always the same. */
    static class Constants extends SoundContract {

        private static final List<byte[]> PAYLOADS = List.of(new byte[] {0}, new byte[] {1});

        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                protected StepEvent newEvent() {
                    long id = ids.incrementAndGet();
                    return new StepEvent("sound.event", PAYLOADS.get((int) (id % PAYLOADS.size())), id, null);
                }
            };
        }
    }

    /** Compares what happens with what happened last. */
    static class KeepsTheLast extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                private byte[] last = {};

                @Override
                public StepEvent poll() {
                    StepEvent event = super.poll();
                    if (event != null && !Arrays.equals(event.payload(), last)) {
                        last = event.payload();
                    }
                    return event;
                }

                @Override
                protected StepEvent newEvent() {
                    long id = ids.incrementAndGet();
                    return new StepEvent("sound.event", new byte[] {(byte) id}, id, null);
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Constants.class, KeepsTheLast.class})
    void shouldLetPayloadsBeKeptThatDoNotGrowInNumber(Class<?> sound) {
        Launched launched = Launched.run(sound, "shouldLetGoOfFinalizedEvents");
        assertThat(launched.messages(Status.FAILED)).isEmpty();
        assertThat(launched.named(Status.SUCCESSFUL)).containsExactly("shouldLetGoOfFinalizedEvents");
    }

    /** Waits in the JDK. */
    static class Joining extends SoundContract {
        @Override
        public ExtensionCapability newExtension() {
            return new Sound() {
                @Override
                public void teardown(TeardownContext context) throws Exception {
                    Thread.currentThread().join();
                }
            };
        }
    }

    @Test
    void shouldSayWhereInTheExtensionItHangs() {
        assertThat(Launched.run(Joining.class, "shouldTearDown").messages(Status.FAILED))
                .singleElement()
                .matches(message -> message.contains("Object.wait")
                        && message.contains(" < ")
                        && message.contains("ContractTest$Joining$1.teardown(ContractTest.java:"));
    }

    @Test
    void shouldHaveAFaultForEachCheck() {
        Set<String> found = broken().flatMap(
                        type -> Arrays.stream(type.getAnnotation(Breaks.class).value()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(found).isEqualTo(checks());
    }
}
