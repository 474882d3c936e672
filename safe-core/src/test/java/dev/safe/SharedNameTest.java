package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Instances that share a name, and so counts and a lifecycle. */
@Timeout(60)
class SharedNameTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();

    @AfterEach
    void close() {
        guard.close();
    }

    private ExtensionState state() {
        return guard.snapshot("a").orElseThrow().state();
    }

    @Test
    void shouldReadTheNameOncePerInstance() {
        TestExtension extension = new TestExtension("a", () -> null);
        for (int i = 0; i < 100; i++) {
            guard.callPoll(extension);
            guard.callFinalize(extension, i);
        }
        assertThat(extension.names).hasValue(1);
    }

    @Test
    void shouldShareCountsAmongInstancesOfOneName() {
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException()));
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException()));
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(2);
    }

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
    void shouldNotTakeAProxyForAnInstanceOfItsOwn() throws Exception {
        TestExtension extension = new TestExtension("a", () -> null);
        ExtensionCapability proxy = new ForwardingExtension(extension);
        guard.registerAs(proxy, "a");
        guard.callSetup(extension, ENV);
        guard.callSetup(proxy, ENV);
        guard.callTeardown(extension, CONTEXT);
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
}
