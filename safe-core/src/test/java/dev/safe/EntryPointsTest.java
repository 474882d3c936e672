package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller gets from each entry point under each outcome. */
class EntryPointsTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

    private static final StepEvent EVENT = new StepEvent("udp.packet", new byte[] {1}, 7, null);

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();

    static Stream<Throwable> panics() {
        return Stream.of(
                new IllegalStateException("boom"),
                new NoClassDefFoundError("com/acme/Gone"),
                new AssertionError("never"),
                new StackOverflowError(),
                new LinkageError(),
                new Error("bare"),
                new Throwable("not even an exception"));
    }

    private void call(Phase phase, ExtensionCapability capability) throws Exception {
        switch (phase) {
            case SETUP -> guard.callSetup(capability, ENV);
            case POLL -> assertThat(guard.callPoll(capability)).isNull();
            case FINALIZE -> guard.callFinalize(capability, 42);
            case TEARDOWN -> guard.callTeardown(capability, CONTEXT);
            case HOST ->
                guard.hostFunction("a", "f", Runnable.class, capability::poll).run();
        }
    }

    private PhaseSnapshot counts(Phase phase) {
        return guard.snapshot("a").orElseThrow().phase(phase);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldPassWhatAnIntegrationsEntryPointReturns(Phase phase) throws Throwable {
        TestExtension extension = new TestExtension("a", () -> null);
        assertThat(guard.call(extension, phase, "invocation", invocation -> "result of " + invocation))
                .isEqualTo("result of invocation");
    }

    @Test
    void shouldPassTheEvent() {
        assertThat(guard.callPoll(new TestExtension("a", () -> EVENT))).isSameAs(EVENT);
        assertThat(guard.callPoll(new TestExtension("b", () -> null))).isNull();
        assertThat(counts(Phase.POLL).panics()).isZero();
    }

    @ParameterizedTest
    @MethodSource("panics")
    void shouldTurnAPanicInSetupIntoAnException(Throwable panic) {
        assertThatThrownBy(() -> guard.callSetup(TestExtension.throwing("a", panic), ENV))
                .isInstanceOfSatisfying(ExtensionPanicException.class, thrown -> {
                    assertThat(thrown.extension()).isEqualTo("a");
                    assertThat(thrown.phase()).isEqualTo(Phase.SETUP);
                    assertThat(thrown.value()).isSameAs(panic);
                })
                .hasMessage("extension \"a\" panic during setup: " + panic)
                .hasCause(panic);
        assertThat(counts(Phase.SETUP).panics()).isOne();
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.FAILED);
    }

    @ParameterizedTest
    @MethodSource("panics")
    void shouldSwallowAPanicEverywhereElse(Throwable panic) throws Exception {
        TestExtension extension = TestExtension.throwing("a", panic);
        for (Phase phase : List.of(Phase.POLL, Phase.FINALIZE, Phase.TEARDOWN, Phase.HOST)) {
            call(phase, extension);
            assertThat(counts(phase).panics()).as(phase.tag()).isOne();
            assertThat(counts(phase).errors()).as(phase.tag()).isZero();
        }
    }

    @Test
    void shouldPassTheErrorOnThatSetupReturned() {
        IOException error = new IOException("port taken");
        assertThatThrownBy(() -> guard.callSetup(TestExtension.throwing("a", error), ENV))
                .isSameAs(error);
        assertThat(counts(Phase.SETUP).errors()).isOne();
        assertThat(counts(Phase.SETUP).panics()).isZero();
    }

    @Test
    void shouldSwallowTheErrorThatTeardownReturned() throws Exception {
        call(Phase.TEARDOWN, TestExtension.throwing("a", new IOException("still open")));
        assertThat(counts(Phase.TEARDOWN).errors()).isOne();
        assertThat(counts(Phase.TEARDOWN).panics()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"POLL", "FINALIZE", "HOST"})
    void shouldCountACheckedExceptionAsAPanicWhereNoneIsDeclared(Phase phase) throws Exception {
        call(phase, TestExtension.throwing("a", new IOException("sneaky")));
        assertThat(counts(phase).panics()).isOne();
        assertThat(counts(phase).errors()).isZero();
    }

    @Test
    void shouldTakeConfiguredTypesForErrors() {
        ExtensionGuard tuned = ExtensionGuard.builder()
                .policy(
                        Phase.SETUP,
                        PhasePolicy.builder(Phase.SETUP)
                                .errors(List.of(IllegalStateException.class))
                                .build())
                .build();
        IllegalStateException error = new IllegalStateException("no licence");
        assertThatThrownBy(() -> tuned.callSetup(TestExtension.throwing("a", error), ENV))
                .isSameAs(error);
        assertThat(tuned.snapshot("a").orElseThrow().phase(Phase.SETUP).errors())
                .isOne();
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldRethrowFatalErrorsAfterCountingThem(Phase phase) {
        OutOfMemoryError fatal = new OutOfMemoryError("not really");
        assertThat(catchThrowable(() -> call(phase, TestExtension.throwing("a", fatal))))
                .isSameAs(fatal);
        assertThat(counts(phase).panics()).isOne();
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldSetTheInterruptFlagAgain(Phase phase) {
        InterruptedException interrupted = new InterruptedException();
        Throwable thrown = catchThrowable(() -> call(phase, TestExtension.throwing("a", interrupted)));
        assertThat(Thread.interrupted()).isTrue();
        boolean declared = phase == Phase.SETUP || phase == Phase.TEARDOWN;
        assertThat(thrown).isSameAs(phase == Phase.SETUP ? interrupted : null);
        assertThat(counts(phase).errors()).isEqualTo(declared ? 1 : 0);
        assertThat(counts(phase).panics()).isEqualTo(declared ? 0 : 1);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldThrowOrSuppressAsThePolicySays(Phase phase) {
        for (OnPanic onPanic : OnPanic.values()) {
            ExtensionGuard tuned = ExtensionGuard.builder()
                    .policy(phase, PhasePolicy.builder(phase).onPanic(onPanic).build())
                    .build();
            ExtensionCapability guarded = tuned.guarded(TestExtension.throwing("a", new IllegalStateException("boom")));
            Runnable host = tuned.hostFunction("a", "f", Runnable.class, () -> {
                throw new IllegalStateException("boom");
            });
            Throwable thrown = catchThrowable(() -> {
                switch (phase) {
                    case SETUP -> guarded.setup(ENV);
                    case POLL -> guarded.poll();
                    case FINALIZE -> guarded.finalizeStep(1);
                    case TEARDOWN -> guarded.teardown(CONTEXT);
                    case HOST -> host.run();
                }
            });
            if (onPanic == OnPanic.THROW) {
                assertThat(thrown).isInstanceOf(ExtensionPanicException.class);
            } else {
                assertThat(thrown).isNull();
            }
        }
    }

    @Test
    void shouldCountAndReturnFromRecoverHost() {
        assertThatCode(() -> {
                    guard.recoverHost("a", "f", new IllegalStateException("boom"));
                    guard.recoverHost("a", "f", new OutOfMemoryError("not really"));
                    guard.recoverHost("a", "f", null);
                })
                .doesNotThrowAnyException();
        assertThat(counts(Phase.HOST).panics()).isEqualTo(3);
    }

    @Test
    void shouldKeepPollingThroughFiveThousandLinkageErrors() {
        TestExtension extension = TestExtension.throwing("a", new NoClassDefFoundError("com/acme/Gone"));
        for (int i = 0; i < 5_000; i++) {
            assertThat(guard.callPoll(extension)).isNull();
        }
        assertThat(extension.calls).hasValue(5_000);
        assertThat(counts(Phase.POLL).panics()).isEqualTo(5_000);
        extension.behave(() -> EVENT);
        assertThat(guard.callPoll(extension)).isSameAs(EVENT);
    }
}
