package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import dev.safe.testing.CapturedLog;
import dev.safe.testing.Eventually;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are not valid, and instances that share one. */
@Timeout(60)
class ExtensionIdentityTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());
    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

    @RegisterExtension
    private final CapturedLog log = new CapturedLog();

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();

    @AfterEach
    void close() {
        guard.close();
    }

    private ExtensionState state() {
        return guard.snapshot("a").orElseThrow().state();
    }

    // Names that are not valid.

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "net\nwork", "-udp", "ä"})
    void shouldReadANameThatIsNotValidOnceAndSaySoOnce(@Nullable String name) {
        TestExtension extension = new TestExtension(name, () -> null);
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> guard.callPoll(extension))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got ");
            assertThatThrownBy(() -> guard.callSetup(extension, ENV)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> guard.guarded(extension)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(extension.names).as("readings of the name").hasValue(1);
        assertThat(extension.calls).hasValue(0);
        assertThat(log.list).as("lines in the log").hasSize(1);
        assertThat(log.list.get(0).getLevel().isGreaterOrEqual(Level.WARN)).isTrue();
        assertThat(log.list.get(0).getFormattedMessage()).doesNotContain("\n");
        assertThat(guard.snapshots()).hasSize(1);
        ExtensionSnapshot unnamed = guard.snapshots().get(0);
        assertThat(unnamed.phase(Phase.SETUP).panics()).isOne();
        assertThat(unnamed.state()).isEqualTo(ExtensionState.FAILED);
    }

    @Test
    void shouldSayOfEachInstanceThatItsNameIsNotValid() {
        TestExtension one = new TestExtension("net work", () -> null);
        TestExtension other = new TestExtension("net work", () -> null);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> guard.callPoll(one)).hasMessageEndingWith("got \"net work\"");
            assertThatThrownBy(() -> guard.callPoll(other)).hasMessageEndingWith("got \"net work\"");
        }
        assertThat(one.names).hasValue(1);
        assertThat(other.names).hasValue(1);
        assertThat(log.list).hasSize(2);
    }

    private WeakReference<TestExtension> refused() {
        TestExtension extension = new TestExtension("net work", () -> null);
        assertThatThrownBy(() -> guard.callPoll(extension)).isInstanceOf(IllegalArgumentException.class);
        return new WeakReference<>(extension);
    }

    @Test
    void shouldKeepNothingOfAnInstanceWhoseNameIsNotValid() {
        WeakReference<TestExtension> extension = refused();
        assertThat(Eventually.holds(Duration.ofSeconds(10), () -> {
                    System.gc();
                    return extension.get() == null;
                }))
                .isTrue();
    }

    // Names that use the guard.

    /** Asks the guard about itself whenever it is asked for its name. */
    private static final class SelfCalling implements ExtensionCapability {

        private final AtomicInteger names = new AtomicInteger();
        private final List<String> failures = new ArrayList<>();
        private final List<Consumer<ExtensionCapability>> uses;

        SelfCalling(List<Consumer<ExtensionCapability>> uses) {
            this.uses = uses;
        }

        @Override
        public String name() {
            names.incrementAndGet();
            for (Consumer<ExtensionCapability> use : uses) {
                Throwable thrown = catchThrowable(() -> use.accept(this));
                failures.add(thrown.toString());
            }
            return "a";
        }
    }

    @Test
    void shouldAskForANameOnceThoughItCallsTheGuardWithItsOwnInstance() {
        SelfCalling extension = new SelfCalling(List.of(
                guard::callPoll,
                self -> guard.callFinalize(self, 1),
                guard::guarded,
                self -> guard.register(self, "b")));

        assertThat(guard.callPoll(extension)).isNull();
        assertThat(guard.guarded(extension).name()).isEqualTo("a");

        assertThat(extension.names).hasValue(1);
        assertThat(extension.failures)
                .hasSize(4)
                .containsOnly("java.lang.IllegalStateException: name() of " + SelfCalling.class.getName()
                        + " called the guard with its own instance, which has no name yet");
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a");
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.SETUP).panics())
                .isZero();
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldKeepTheNameThatAnInstanceIsRegisteredAsWhileItIsAsked() {
        ExtensionCapability proxy = new ExtensionCapability() {
            @Override
            public String name() {
                guard.registerAs(this, "a");
                throw new IllegalStateException("no name");
            }
        };

        guard.callPoll(proxy);

        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a");
        assertThat(log.list).isEmpty();
    }

    @Test
    void shouldContainANameThatCallsTheGuardAndCatchesNothing() {
        AtomicInteger names = new AtomicInteger();
        AtomicInteger polls = new AtomicInteger();
        ExtensionCapability extension = new ExtensionCapability() {
            @Override
            public String name() {
                names.incrementAndGet();
                guard.callPoll(this);
                return "a";
            }

            @Override
            public @Nullable StepEvent poll() {
                polls.incrementAndGet();
                return null;
            }
        };

        for (int i = 0; i < 3; i++) {
            assertThat(guard.callPoll(extension)).isNull();
        }

        assertThat(names).hasValue(1);
        assertThat(polls).hasValue(3);
        assertThat(guard.snapshots()).hasSize(1);
        ExtensionSnapshot unnamed = guard.snapshots().get(0);
        assertThat(unnamed.name()).startsWith("unnamed.ExtensionIdentityTest.");
        assertThat(unnamed.state()).isEqualTo(ExtensionState.FAILED);
        assertThat(unnamed.phase(Phase.SETUP).panics()).isOne();
        assertThat(log.messages())
                .singleElement()
                .asString()
                .contains("java.lang.IllegalStateException: name() of "
                        + extension.getClass().getName()
                        + " called the guard with its own instance, which has no name yet");
    }

    @Test
    void shouldLetANameUseTheGuardWithOtherInstances() {
        TestExtension other = new TestExtension("b", () -> null);
        ExtensionCapability extension = () -> {
            guard.callPoll(other);
            return "a";
        };

        guard.callPoll(extension);

        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a", "b");
    }

    // Instances that have no name.

    @Test
    void shouldNameALambdaThatHasNoNameByItsClassAndByNoAddress() {
        ExtensionCapability extension = () -> {
            throw new IllegalStateException("no name");
        };

        guard.callPoll(extension);

        assertThat(guard.snapshots())
                .extracting(ExtensionSnapshot::name)
                .containsExactly("unnamed.ExtensionIdentityTest.Lambda");
    }

    // Two instances of one name.

    @Test
    void shouldRunUntilBothAreTornDownThoughOneSetTheOtherUp() throws Exception {
        TestExtension inner = new TestExtension("a", () -> null);
        TestExtension outer = new TestExtension("a", () -> {
            guard.callSetup(inner, ENV);
            return null;
        });
        guard.callSetup(outer, ENV);
        assertThat(state()).isEqualTo(ExtensionState.RUNNING);
        guard.callTeardown(inner, CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.RUNNING);
        outer.behave(() -> null);
        guard.callTeardown(outer, CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldStopOnceOneHasTornDownTheOtherAndItself() throws Exception {
        TestExtension inner = new TestExtension("a", () -> null);
        TestExtension outer = new TestExtension("a", () -> null);
        guard.callSetup(inner, ENV);
        guard.callSetup(outer, ENV);
        outer.behave(() -> {
            guard.callTeardown(inner, CONTEXT);
            assertThat(state()).isEqualTo(ExtensionState.RUNNING);
            return null;
        });
        guard.callTeardown(outer, CONTEXT);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.TEARDOWN).panics())
                .isZero();
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldStopThoughTheTeardownInsideAnotherReturnsAnError() throws Exception {
        TestExtension inner = new TestExtension("a", () -> null);
        TestExtension outer = new TestExtension("a", () -> null);
        guard.callSetup(inner, ENV);
        guard.callSetup(outer, ENV);
        inner.behave(() -> {
            throw new IOException("still open");
        });
        outer.behave(() -> {
            guard.callTeardown(inner, CONTEXT);
            return null;
        });
        guard.callTeardown(outer, CONTEXT);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.TEARDOWN).errors())
                .isOne();
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldHaveFailedIfTheOuterSetupFailsAfterTheInnerSucceeded() {
        TestExtension inner = new TestExtension("a", () -> null);
        TestExtension outer = new TestExtension("a", () -> {
            guard.callSetup(inner, ENV);
            throw new IllegalStateException("boom");
        });
        assertThatThrownBy(() -> guard.callSetup(outer, ENV)).isInstanceOf(ExtensionPanicException.class);
        assertThat(state()).isEqualTo(ExtensionState.FAILED);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.SETUP).panics())
                .isOne();
    }

    @Test
    void shouldStopWhenTheInnerOneIsTornDownAfterTheOuterSetupFailed() {
        TestExtension inner = new TestExtension("a", () -> null);
        TestExtension outer = new TestExtension("a", () -> {
            guard.callSetup(inner, ENV);
            throw new IllegalStateException("boom");
        });
        assertThatThrownBy(() -> guard.callSetup(outer, ENV)).isInstanceOf(ExtensionPanicException.class);
        guard.callTeardown(inner, CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldStopWithoutTheTeardownOfAnInstanceWhoseSecondSetupFailed() throws Exception {
        TestExtension once = new TestExtension("a", () -> null);
        TestExtension twice = new TestExtension("a", () -> null);
        guard.callSetup(once, ENV);
        guard.callSetup(twice, ENV);
        twice.behave(() -> {
            throw new IllegalStateException("boom");
        });
        assertThatThrownBy(() -> guard.callSetup(twice, ENV)).isInstanceOf(ExtensionPanicException.class);
        guard.callTeardown(once, CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldRunIfTheOuterSetupSucceedsThoughTheInnerOneFailed() throws Exception {
        TestExtension inner = TestExtension.throwing("a", new IllegalStateException("boom"));
        TestExtension outer = new TestExtension("a", () -> {
            assertThat(catchThrowable(() -> guard.callSetup(inner, ENV))).isInstanceOf(ExtensionPanicException.class);
            return null;
        });
        guard.callSetup(outer, ENV);
        assertThat(state()).isEqualTo(ExtensionState.RUNNING);
        outer.behave(() -> null);
        guard.callTeardown(outer, CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldCountAnInstanceOnceHoweverManyGuardsItIsSetUpThrough() throws Exception {
        ExtensionCapability decorator = guard.guarded(new TestExtension("a", () -> null));
        guard.callSetup(decorator, ENV);
        assertThat(state()).isEqualTo(ExtensionState.RUNNING);
        decorator.teardown(CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
        decorator.setup(ENV);
        guard.callTeardown(decorator, CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldCountAnInstanceOnceThoughAnAdviceStandsBetweenTheGuards() throws Exception {
        ExtensionCapability nested =
                guard.guarded(new ForwardingExtension(guard.guarded(new TestExtension("a", () -> null))));
        nested.setup(ENV);
        assertThat(state()).isEqualTo(ExtensionState.RUNNING);
        nested.teardown(CONTEXT);
        assertThat(state()).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldTakeACheckedExceptionOutOfNameForAPanicSinceItDeclaresNone() {
        ExtensionGuard checked = ExtensionGuard.ofDefaults();
        checked.register(
                new ExtensionCapability() {
                    @Override
                    public String name() {
                        throw TestExtension.<RuntimeException>sneaky(new java.io.IOException("no name"));
                    }
                },
                "fallback");
        PhaseSnapshot setup = checked.snapshot("fallback").orElseThrow().phase(Phase.SETUP);
        assertThat(setup.panics()).isOne();
        assertThat(setup.errors()).isZero();
    }
}
