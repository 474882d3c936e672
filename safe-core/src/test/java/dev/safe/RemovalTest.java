package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.RecordingListener;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** To whatever calls an extension that was removed, the extension is new. */
@Timeout(60)
class RemovalTest {

    private final RecordingListener listener = new RecordingListener();

    private final ExtensionGuard guard = ExtensionGuard.builder()
            .policy(Phase.POLL, Unquarantined.POLL)
            .listener(listener)
            .build();

    private final TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));

    @AfterEach
    void close() {
        guard.close();
    }

    private static void boom() {
        throw new IllegalStateException("boom");
    }

    private static long panics(ExtensionGuard of, Phase phase) {
        return of.snapshot("a").map(snapshot -> snapshot.phase(phase).panics()).orElse(-1L);
    }

    private List<String> told() {
        return listener.lines(
                RecordingListener.Registered.class, RecordingListener.Removed.class, RecordingListener.Counted.class);
    }

    private void shouldStartAfresh(Phase phase, Runnable call) {
        call.run();
        call.run();
        assertThat(panics(guard, phase)).isEqualTo(2);
        guard.remove("a");
        assertThat(guard.snapshots()).isEmpty();
        call.run();
        assertThat(guard.snapshots()).extracting(ExtensionSnapshot::name).containsExactly("a");
        assertThat(panics(guard, phase)).isOne();
        assertThat(told())
                .containsExactly(
                        "registered a",
                        phase.tag() + " PANICS 1",
                        phase.tag() + " PANICS 2",
                        "removed a",
                        "registered a",
                        phase.tag() + " PANICS 1");
    }

    @Test
    void shouldStartAfreshWithADecorator() {
        ExtensionCapability decorator = guard.guarded(extension);
        shouldStartAfresh(Phase.POLL, decorator::poll);
    }

    @Test
    void shouldStartAfreshWithEachEntryPointOfADecorator() {
        ExtensionCapability decorator = guard.guarded(extension);
        shouldStartAfresh(Phase.FINALIZE, () -> decorator.finalizeStep(1));
        guard.remove("a");
        listener.clear();
        guard.guarded(extension);
        shouldStartAfresh(Phase.TEARDOWN, () -> {
            try {
                decorator.teardown(new TeardownContext(Instant.now()));
            } catch (Exception impossible) {
                throw new AssertionError(impossible);
            }
        });
    }

    @Test
    void shouldStartAfreshWithACallOfADecorator() {
        ExtensionCapability decorator = guard.guarded(extension);
        shouldStartAfresh(Phase.POLL, () -> guard.callPoll(decorator));
    }

    @Test
    void shouldStartAfreshWithACall() {
        shouldStartAfresh(Phase.POLL, () -> guard.callPoll(extension));
    }

    @Test
    void shouldStartAfreshWithAWrapperOfAHostFunction() {
        Runnable function = guard.hostFunction("a", "f", Runnable.class, RemovalTest::boom);
        shouldStartAfresh(Phase.HOST, function);
    }

    @Test
    void shouldStartAfreshWithAGuardedHandle() throws Exception {
        MethodHandle body =
                MethodHandles.lookup().findStatic(RemovalTest.class, "boom", MethodType.methodType(void.class));
        MethodHandle function = guard.hostFunction("a", "f", body);
        shouldStartAfresh(Phase.HOST, () -> {
            try {
                function.invokeExact();
            } catch (Throwable escaped) {
                throw new AssertionError(escaped);
            }
        });
    }

    @Test
    void shouldCountTogetherWhateverTheWayIn() {
        ExtensionCapability decorator = guard.guarded(extension);
        Runnable function = guard.hostFunction("a", "f", Runnable.class, RemovalTest::boom);
        decorator.poll();
        function.run();
        guard.remove("a");
        decorator.poll();
        guard.callPoll(extension);
        guard.callPoll(decorator);
        guard.guarded(extension).poll();
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
        function.run();
        guard.recoverHost("a", "f", new IllegalStateException("boom"));
        assertThat(panics(guard, Phase.POLL)).isEqualTo(5);
        assertThat(panics(guard, Phase.HOST)).isEqualTo(2);
        assertThat(told().subList(told().indexOf("removed a"), told().size()))
                .containsExactly(
                        "removed a",
                        "registered a",
                        "poll PANICS 1",
                        "poll PANICS 2",
                        "poll PANICS 3",
                        "poll PANICS 4",
                        "poll PANICS 5",
                        "host PANICS 1",
                        "host PANICS 2");
    }

    @Test
    void shouldForgetNoOtherExtension() {
        TestExtension other = new TestExtension("b", () -> null);
        guard.callPoll(other);
        guard.callPoll(extension);
        guard.remove("a");
        assertThat(guard.knows(other)).isTrue();
        assertThat(guard.knows(extension)).isFalse();
    }

    @Test
    void shouldCountTogetherAgainThoughOthersWereRemovedMeanwhile() {
        ExtensionCapability decorator = guard.guarded(extension);
        guard.register(new TestExtension("b", () -> null), "b");
        guard.remove("a");
        guard.remove("b");
        guard.callPoll(TestExtension.throwing("a", new IllegalStateException("boom")));
        decorator.poll();
        assertThat(panics(guard, Phase.POLL)).isEqualTo(2);
    }

    @Test
    void shouldGoOnWithADecoratorEachTimeItsExtensionIsRemoved() {
        ExtensionCapability decorator = guard.guarded(extension);
        for (int i = 0; i < 20; i++) {
            decorator.poll();
            assertThat(panics(guard, Phase.POLL)).isOne();
            guard.remove("a");
        }
        assertThat(extension.names)
                .as("readings of the name through a decorator that knows it")
                .hasValue(1);
    }

    @Test
    void shouldReportTheFirstPanicAfterRemovalThoughThoseBeforeItWereSilenced() {
        ExtensionCapability decorator = guard.guarded(extension);
        for (int i = 0; i < 20; i++) {
            decorator.poll();
        }
        guard.remove("a");
        int before = listener.all(PanicReport.class).size();
        decorator.poll();
        assertThat(listener.all(PanicReport.class)).hasSize(before + 1);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).recentPanics())
                .extracting(PanicSnapshot::count)
                .containsExactly(1L);
    }

    @Test
    void shouldCountTheQuarantineThatItsPolicyDeclaresAnewWhenItIsBack() {
        ExtensionCapability decorator = guard.guarded(extension);
        guard.apply(holding("ticket 4711"));
        assertThat(quarantines()).isOne();
        guard.remove("a");
        decorator.poll();
        assertThat(quarantines()).isOne();
        assertThat(extension.calls).hasValue(0);
    }

    @Test
    void shouldNotCountAQuarantineThatIsNoLongerDeclaredWhenItIsBack() {
        ExtensionCapability decorator = guard.guarded(extension);
        guard.apply(holding("ticket 4711"));
        guard.remove("a");
        guard.apply(holding(null));
        decorator.poll();
        assertThat(quarantines()).isZero();
        assertThat(extension.calls).hasValue(1);
    }

    private static Policies holding(@Nullable String reason) {
        return Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .quarantine(
                                        QuarantinePolicy.builder().hold(reason).build())
                                .build())
                .build();
    }

    private long quarantines() {
        return guard.snapshot("a").orElseThrow().phase(Phase.POLL).count(Tally.QUARANTINES);
    }
}
