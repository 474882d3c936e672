package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What a guard knows of extensions, and what it survives. */
class ExtensionGuardTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private static final TeardownContext CONTEXT =
            new TeardownContext(Instant.now().plusSeconds(5));

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
}
