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
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table "what each entry point does", and what holds for all of them. */
class ExtensionGuardTest {

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

    @Test
    void shouldKnowAnInstanceByItsFirstCallUntilItIsRemoved() {
        TestExtension called = new TestExtension("a", () -> null);
        assertThat(guard.knows(called)).isFalse();
        assertThat(called.names).hasValue(0);
        guard.callPoll(called);
        assertThat(guard.knows(called)).isTrue();
        assertThat(guard.knows(new TestExtension("a", () -> null))).isFalse();
        guard.remove("a");
        assertThat(guard.knows(called)).isFalse();
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

    @Test
    void shouldCountOnceHoweverManyGuardsAreNested() {
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException());
        ExtensionCapability guarded = guard.guarded(extension);
        assertThat(guard.guarded(guarded)).isSameAs(guarded);
        assertThat(guard.callPoll(guarded)).isNull();
        assertThatThrownBy(() -> guard.callSetup(guarded, ENV)).isInstanceOf(ExtensionPanicException.class);
        assertThat(counts(Phase.POLL).panics()).isOne();
        assertThat(counts(Phase.SETUP).panics()).isOne();
        assertThat(extension.names).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void shouldCountAFatalErrorOnceHoweverManyGuardsAreNested(Phase phase) {
        OutOfMemoryError always = new OutOfMemoryError("the one that the machine keeps ready"); // again and again
        ExtensionCapability nested =
                guard.guarded(new ForwardingExtension(guard.guarded(TestExtension.throwing("a", always))));
        for (int times = 1; times <= 3; times++) {
            assertThat(catchThrowable(() -> call(phase, nested))).isSameAs(always);
            assertThat(counts(phase).panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountTheErrorThatSetupReturnedOnceHoweverManyGuardsAreNested() {
        IOException always = new IOException("no such device");
        ExtensionCapability nested =
                guard.guarded(new ForwardingExtension(guard.guarded(TestExtension.throwing("a", always))));
        for (int times = 1; times <= 3; times++) {
            assertThat(catchThrowable(() -> guard.callSetup(nested, ENV))).isSameAs(always);
            assertThat(counts(Phase.SETUP).errors()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountTheSameFatalErrorOfEachThread() throws Exception {
        OutOfMemoryError always = new OutOfMemoryError();
        ExtensionCapability extension = guard.guarded(TestExtension.throwing("a", always));
        for (int times = 1; times <= 3; times++) {
            Thread caller = new Thread(() -> catchThrowable(extension::poll));
            caller.start();
            caller.join();
            assertThat(counts(Phase.POLL).panics()).isEqualTo(times);
        }
    }

    @Test
    void shouldCountThoughTheTickerThrows() {
        try (ExtensionGuard broken = ExtensionGuard.builder()
                .ticker(() -> {
                    throw new IllegalStateException("no time");
                })
                .build()) {
            TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
            assertThat(broken.callPoll(extension)).isNull();
            broken.recoverHost("a", "f", new IllegalStateException("boom"));
            assertThat(broken.snapshot("a").orElseThrow().phase(Phase.POLL).panics())
                    .isOne();
            assertThat(broken.snapshot("a").orElseThrow().phase(Phase.HOST).panics())
                    .isOne();
        }
    }

    @Test
    void shouldCountThePanicOfAnExtensionThatAnotherLetsThrough() {
        ExtensionCapability inner = guard.guarded(TestExtension.throwing("inner", new IllegalStateException()));
        TestExtension outer = new TestExtension("a", () -> {
            inner.setup(ENV);
            return null;
        });
        assertThatThrownBy(() -> guard.callSetup(outer, ENV))
                .hasMessageStartingWith(
                        "extension \"a\" panic during setup: dev.safe.ExtensionPanicException: extension \"inner\"");
        assertThat(counts(Phase.SETUP).panics()).isOne();
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
    void shouldRefuseABadName() {
        assertThatThrownBy(() -> guard.callPoll(new TestExtension("net\nwork", () -> null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got \"net\\nwork\"");
        assertThatThrownBy(() -> guard.callPoll(new TestExtension(null, () -> null)))
                .hasMessage("an extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got null");
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("unnamed.TestExtension");
    }

    @Test
    void shouldContainANameThatThrows() {
        ExtensionCapability nameless = () -> {
            throw new IllegalStateException("no name today");
        };
        assertThat(guard.callPoll(nameless)).isNull();
        ExtensionSnapshot snapshot = guard.snapshots().get(0);
        assertThat(snapshot.name()).startsWith("unnamed.ExtensionGuardTest");
        assertThat(snapshot.state()).isEqualTo(ExtensionState.FAILED);
        assertThat(snapshot.phase(Phase.SETUP).panics()).isOne();
    }

    @Test
    void shouldShareCountsAmongInstancesOfOneName() {
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException()));
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException()));
        assertThat(counts(Phase.POLL).panics()).isEqualTo(2);
    }

    @Test
    void shouldFollowTheLifecycle() throws Exception {
        TestExtension extension = new TestExtension("a", () -> null);
        guard.register(extension, "ignored");
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.NEW);
        guard.callSetup(extension, ENV);
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.RUNNING);
        guard.callTeardown(extension, CONTEXT);
        assertThat(guard.snapshot("a").orElseThrow().state()).isEqualTo(ExtensionState.STOPPED);
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
    void shouldFindAPanicAmongCausesThatCycleOrThrow() {
        ExtensionPanicException panic = new ExtensionPanicException("a", Phase.POLL, new IllegalStateException());
        assertThat(ExtensionPanicException.findIn(new RuntimeException(new IOException(panic))))
                .containsSame(panic);
        Exception one = new Exception("one");
        Exception two = new Exception("two", one);
        one.initCause(two);
        assertThat(ExtensionPanicException.findIn(one)).isEmpty();
        assertThat(ExtensionPanicException.findIn(null)).isEmpty();
        assertThat(ExtensionPanicException.findIn(new Exception() {
                    @Override
                    public synchronized Throwable getCause() {
                        throw new IllegalStateException("hostile");
                    }
                }))
                .isEmpty();
    }

    @Test
    void shouldKnowNoExtensionByGuessing() {
        assertThat(guard.snapshot("nobody")).isEmpty();
        assertThatThrownBy(() -> guard.quarantine("nobody", Phase.POLL, "why"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no extension named \"nobody\", there is []");
        assertThatThrownBy(() -> guard.release("nobody", Phase.POLL)).isInstanceOf(NoSuchElementException.class);
        assertThat(guard.snapshots()).isEmpty();
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

    @Test
    void shouldSurviveListenersThatThrow() {
        ExtensionGuard told = ExtensionGuard.builder()
                .listener(new GuardListener() {
                    @Override
                    public void onRegistered(ExtensionSnapshot extension) {
                        throw new StackOverflowError();
                    }

                    @Override
                    public void onCount(String extension, Phase phase, Tally tally, long total) {
                        throw new OutOfMemoryError("not really");
                    }

                    @Override
                    public void onPanic(PanicReport report, Throwable cause) {
                        throw TestExtension.<RuntimeException>sneaky(new IOException("listener"));
                    }

                    @Override
                    public void onQuarantined(QuarantineReport report) {
                        throw new Error("listener");
                    }
                })
                .build();
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        for (int i = 0; i < 10; i++) {
            assertThat(told.callPoll(extension)).isNull();
        }
        assertThat(extension.calls).hasValue(5);
        PhaseSnapshot poll = told.snapshot("a").orElseThrow().phase(Phase.POLL);
        assertThat(poll.panics()).isEqualTo(5);
        assertThat(poll.rejected()).isEqualTo(5);
        assertThatThrownBy(() -> told.callSetup(extension, ENV))
                .isInstanceOf(ExtensionPanicException.class)
                .hasMessage("extension \"a\" panic during setup: java.lang.IllegalStateException: boom");
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
