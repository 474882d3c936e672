package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types that pass through every entry point, as control flow of the host's engine. */
class PassThroughTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldLetPassThroughTypesLeaveUnchangedAndUncounted(Phase phase) {
        ExtensionGuard tuned =
                ExtensionGuard.builder().passThrough(ArithmeticException.class).build();
        ArithmeticException controlFlow = new ArithmeticException("the engine's own");
        TestExtension extension = TestExtension.throwing("a", controlFlow);
        ExtensionCapability guarded = tuned.guarded(extension);
        assertThat(catchThrowable(() -> {
                    switch (phase) {
                        case SETUP -> guarded.setup(ENV);
                        case POLL -> guarded.poll();
                        case FINALIZE -> guarded.finalizeStep(1);
                        case TEARDOWN -> guarded.teardown(CONTEXT);
                        case HOST ->
                            tuned.hostFunction("a", "f", Runnable.class, extension::poll)
                                    .run();
                    }
                }))
                .isSameAs(controlFlow);
        assertThat(tuned.snapshot("a").orElseThrow().phase(phase).panics()).isZero();
        assertThat(tuned.snapshot("a").orElseThrow().phase(phase).errors()).isZero();
    }

    @Test
    void shouldNotTakeASetupThatEndsByControlFlowForOneThatFailed() {
        ExtensionGuard tuned =
                ExtensionGuard.builder().passThrough(ArithmeticException.class).build();
        TestExtension extension = TestExtension.throwing("a", new ArithmeticException("the engine's own"));
        assertThatThrownBy(() -> tuned.callSetup(extension, ENV)).isInstanceOf(ArithmeticException.class);
        assertThat(tuned.state("a")).hasValue(ExtensionState.RUNNING);
        extension.behave(() -> {
            throw new IllegalStateException("boom");
        });
        assertThatThrownBy(() -> tuned.callSetup(extension, ENV)).isInstanceOf(ExtensionPanicException.class);
        assertThat(tuned.state("a")).hasValue(ExtensionState.FAILED);
    }

    @ParameterizedTest
    @ValueSource(classes = {Throwable.class, Exception.class, RuntimeException.class, Error.class})
    void shouldRefuseToPassEveryPanicThrough(Class<?> type) {
        ExtensionGuard.Builder builder = ExtensionGuard.builder();
        assertThatThrownBy(() -> builder.passThrough(ArithmeticException.class, type))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage(
                        "'passThrough' must not name Throwable, Exception, RuntimeException or Error: no panic would be"
                                + " contained, got " + type.getName());
        assertThat(builder.build().callPoll(TestExtension.throwing("a", new ArithmeticException("contained"))))
                .isNull();
    }

    @Test
    void shouldRefuseToPassThroughWhatCannotBeThrown() {
        assertThatThrownBy(() -> ExtensionGuard.builder().passThrough(String.class))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("'passThrough' must name types of Throwable, got java.lang.String");
    }
}
