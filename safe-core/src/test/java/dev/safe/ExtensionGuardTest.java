package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.CapturedLog;
import dev.safe.testing.RecordingListener;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What a guard knows of extensions, and what it survives. */
class ExtensionGuardTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

    @RegisterExtension
    private final CapturedLog elsewhere = new CapturedLog("elsewhere");

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();

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
    void shouldKnowNoExtensionByGuessing() {
        assertThat(guard.snapshot("nobody")).isEmpty();
        assertThatThrownBy(() -> guard.quarantine("nobody", Phase.POLL, "why"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no extension named \"nobody\", there is []");
        assertThatThrownBy(() -> guard.release("nobody", Phase.POLL)).isInstanceOf(NoSuchElementException.class);
        assertThat(guard.snapshots()).isEmpty();
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

    @Test
    void shouldReturnTheNameOfWhatIsRegistered() {
        TestExtension extension = new TestExtension("a", () -> null);
        assertThat(guard.register(extension, "ignored")).isEqualTo("a");
        assertThat(guard.register(extension, "ignored")).isEqualTo("a");
    }

    @Test
    void shouldKnowItsDecorators() {
        ExtensionCapability decorator = guard.guarded(new TestExtension("a", () -> null));
        assertThat(guard.knows(decorator)).isTrue();
    }

    @Test
    void shouldBeUnderThePoliciesItWasBuiltWith() {
        PhasePolicy throwing =
                PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build();
        ExtensionGuard built = ExtensionGuard.builder()
                .policy("b", Phase.POLL, PhasePolicy.builtIn(Phase.POLL))
                .policies(Policies.builder().policy(Phase.POLL, throwing).build())
                .policy(
                        "a",
                        Phase.HOST,
                        PhasePolicy.builder(Phase.HOST).onPanic(OnPanic.THROW).build())
                .build();
        assertThat(built.policy("b", Phase.POLL)).isEqualTo(throwing);
        assertThat(built.policy("a", Phase.HOST).onPanic()).isEqualTo(OnPanic.THROW);
        assertThat(built.policy("b", Phase.HOST)).isEqualTo(PhasePolicy.builtIn(Phase.HOST));
    }

    @Test
    void shouldNotifyAListenerThatIsAddedOfTheExtensionsItKnowsAndNoOther() {
        RecordingListener first = new RecordingListener();
        guard.addListener(first);
        guard.register(new TestExtension("a", () -> null), "a");
        guard.register(new TestExtension("b", () -> null), "b");
        RecordingListener second = new RecordingListener();
        guard.addListener(second);
        assertThat(first.lines(RecordingListener.Registered.class)).containsExactly("registered a", "registered b");
        assertThat(second.lines(RecordingListener.Registered.class))
                .containsExactlyInAnyOrder("registered a", "registered b");
    }

    @Test
    void shouldWatchNoCallOnceItIsClosed() {
        ManualTicker ticker = new ManualTicker();
        ExtensionGuard closed = ExtensionGuard.builder()
                .ticker(ticker)
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofSeconds(1), OnOverrun.REPORT)))
                .build();
        closed.callPoll(new TestExtension("a", () -> {
            closed.close();
            ticker.advance(Duration.ofSeconds(2));
            closed.look();
            return null;
        }));
        assertThat(closed.snapshot("a").orElseThrow().phase(Phase.POLL).overruns())
                .isZero();
    }

    @Test
    void shouldDrawItsJitterAnewEachTime() {
        DoubleSupplier jitter = guard.registry().services().random();
        assertThat(DoubleStream.generate(jitter).limit(10).distinct())
                .hasSizeGreaterThan(1)
                .allMatch(number -> number >= 0 && number < 1);
    }

    @Test
    void shouldLogToTheLoggerItIsGiven() {
        ExtensionGuard quiet = ExtensionGuard.loggingTo(LoggerFactory.getLogger("elsewhere"), ExtensionGuard.builder());
        quiet.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
        assertThat(elsewhere.messages())
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("extension poll panicked: a: java.lang.IllegalStateException: boom at ");
    }

    @Test
    void shouldGiveTheSentinelInPlaceOfTheResultOfAHandle() throws Throwable {
        MethodHandle failing = MethodHandles.throwException(int.class, IllegalStateException.class)
                .bindTo(new IllegalStateException("boom"));
        MethodHandle guarded = guard.hostFunction("a", "f", failing, -1);
        assertThat((int) guarded.invokeExact()).isEqualTo(-1);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.HOST).panics()).isOne();
    }
}
