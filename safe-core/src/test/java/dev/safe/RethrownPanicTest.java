package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Treats an {@link ExtensionPanicException} as counted only while it is on its way out of the call that threw it. */
@Timeout(60)
class RethrownPanicTest {

    private static final SetupEnv ENV = new SetupEnv("echo", Path.of("storage"), Map.of());

    private final ManualTicker ticker = new ManualTicker();
    private final ExtensionGuard guard = throwing(QuarantinePolicy.DEFAULT);

    private ExtensionGuard throwing(QuarantinePolicy quarantine) {
        return ExtensionGuard.builder()
                .ticker(ticker)
                .jitter(() -> 0.5)
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .onPanic(OnPanic.THROW)
                                .quarantine(quarantine)
                                .build())
                .policy(
                        Phase.HOST,
                        PhasePolicy.builder(Phase.HOST).onPanic(OnPanic.THROW).build())
                .build();
    }

    private static QuarantinePolicy threshold(int panics) {
        return QuarantinePolicy.builder().enabled(true).threshold(panics).build();
    }

    private static PhaseSnapshot counts(ExtensionGuard of, String extension, Phase phase) {
        return of.snapshot(extension).orElseThrow().phase(phase);
    }

    private static long panics(ExtensionGuard of) {
        return counts(of, "a", Phase.POLL).panics();
    }

    private static ExtensionPanicException outcomeOf(ExtensionGuard of, ExtensionCapability extension) {
        ExtensionPanicException outcome =
                catchThrowableOfType(ExtensionPanicException.class, () -> of.callPoll(extension));
        assertThat(outcome).isNotNull();
        return outcome;
    }

    /** Throws the outcome of its last call again, as a circuit breaker within an extension might. */
    private static TestExtension failingFast(ExtensionGuard of) {
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        ExtensionPanicException stored = outcomeOf(of, extension);
        extension.behave(() -> {
            throw stored;
        });
        return extension;
    }

    @Test
    void shouldCountAnOutcomeThatWasStoredEachTimeItIsThrownAgain() {
        TestExtension extension = failingFast(guard);
        for (int i = 0; i < 1_000; i++) {
            outcomeOf(guard, extension);
        }
        assertThat(panics(guard)).isEqualTo(1_001);
    }

    @Test
    void shouldQuarantineAnExtensionThatThrowsItsLastOutcomeAgain() {
        ExtensionGuard strict = throwing(threshold(5));
        TestExtension extension = failingFast(strict);
        for (int i = 0; i < 3; i++) {
            outcomeOf(strict, extension);
        }
        assertThat(counts(strict, "a", Phase.POLL).quarantine().state()).isEqualTo(QuarantineState.CLEAR);
        outcomeOf(strict, extension);
        assertThat(counts(strict, "a", Phase.POLL).quarantine().state()).isEqualTo(QuarantineState.QUARANTINED);
    }

    @Test
    void shouldNotLeaveQuarantineByAProbeThatThrowsAnOutcomeAgain() {
        ExtensionGuard strict = throwing(threshold(1));
        TestExtension extension = failingFast(strict);
        assertThat(counts(strict, "a", Phase.POLL).quarantine().state()).isEqualTo(QuarantineState.QUARANTINED);
        ticker.advance(Duration.ofSeconds(2));
        outcomeOf(strict, extension);
        assertThat(extension.calls).hasValue(2);
        assertThat(counts(strict, "a", Phase.POLL).quarantine().state()).isEqualTo(QuarantineState.QUARANTINED);
        assertThat(counts(strict, "a", Phase.POLL).quarantine().trips()).isEqualTo(2);
    }

    @Test
    void shouldCountAStoredOutcomeOfSetup() {
        TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));
        ExtensionPanicException stored =
                catchThrowableOfType(ExtensionPanicException.class, () -> guard.callSetup(extension, ENV));
        extension.behave(() -> {
            throw stored;
        });
        for (int i = 0; i < 10; i++) {
            assertThat(catchThrowableOfType(ExtensionPanicException.class, () -> guard.callSetup(extension, ENV)))
                    .isNotNull();
        }
        assertThat(counts(guard, "a", Phase.SETUP).panics()).isEqualTo(11);
    }

    @Test
    void shouldCountAStoredOutcomeOfAHostFunction() {
        AtomicReference<RuntimeException> next = new AtomicReference<>(new IllegalStateException("boom"));
        Runnable function = guard.hostFunction("a", "f", Runnable.class, () -> {
            throw next.get();
        });
        for (int i = 0; i < 11; i++) {
            next.set(catchThrowableOfType(ExtensionPanicException.class, function::run));
        }
        assertThat(counts(guard, "a", Phase.HOST).panics()).isEqualTo(11);
    }

    @Test
    void shouldCountAStoredOutcomeThatIsRecoveredAgainAndAgain() {
        Runnable function = guard.hostFunction("a", "f", Runnable.class, () -> {
            throw new IllegalStateException("boom");
        });
        ExtensionPanicException stored = catchThrowableOfType(ExtensionPanicException.class, function::run);
        for (int i = 0; i < 100; i++) {
            guard.recoverHost("a", "f", stored);
        }
        // The first report may still be part of the call that threw it.
        assertThat(counts(guard, "a", Phase.HOST).panics()).isBetween(100L, 101L);
    }

    @Test
    void shouldCountAnOutcomeThatAnExtensionMadeUp() {
        guard.callFinalize(new TestExtension("a", () -> null), 1);
        outcomeOf(
                guard,
                TestExtension.throwing("a", new ExtensionPanicException("a", Phase.POLL, new IllegalStateException())));
        assertThat(panics(guard)).isOne();
    }

    @Test
    void shouldCountAnOutcomeThatAnotherInstanceThrowsOnAnotherThread() throws Exception {
        ExtensionPanicException stored =
                outcomeOf(guard, TestExtension.throwing("a", new IllegalStateException("boom")));
        Thread other = new Thread(() -> outcomeOf(guard, TestExtension.throwing("a", stored)));
        other.start();
        other.join();
        assertThat(panics(guard)).isEqualTo(2);
    }

    @Test
    void shouldCountAnOutcomeThatAnInnerCallThrewOnAnotherThread() {
        ExtensionCapability inner = guard.guarded(TestExtension.throwing("a", new IllegalStateException("boom")));
        outcomeOf(guard, new TestExtension("a", () -> {
            FutureTask<StepEvent> task = new FutureTask<>(inner::poll);
            Thread other = new Thread(task);
            other.start();
            try {
                return task.get();
            } catch (ExecutionException thrown) {
                throw (ExtensionPanicException) thrown.getCause();
            }
        }));
        assertThat(panics(guard)).isEqualTo(2);
    }

    @Test
    void shouldCountOnceWhatIsOnItsWayOutHoweverManyCallsItPasses() {
        ExtensionCapability nested = guard.guarded(TestExtension.throwing("a", new IllegalStateException("boom")));
        for (int depth = 0; depth < 4; depth++) {
            nested = guard.guarded(new ForwardingExtension(nested));
        }
        for (int times = 1; times <= 3; times++) {
            outcomeOf(guard, nested);
            assertThat(panics(guard)).isEqualTo(times);
        }
    }

    @Test
    void shouldCountAnOutcomeThatAnEarlierOuterCallPassedOn() {
        TestExtension innermost = TestExtension.throwing("a", new IllegalStateException("boom"));
        ExtensionCapability inner = guard.guarded(innermost);
        TestExtension outer = new TestExtension("a", inner::poll);
        ExtensionPanicException stored = outcomeOf(guard, outer);
        assertThat(panics(guard)).isOne();
        innermost.behave(() -> null);
        outer.behave(() -> {
            inner.poll();
            throw stored;
        });
        outcomeOf(guard, outer);
        assertThat(panics(guard)).isEqualTo(2);
    }

    @Test
    void shouldCountAStoredOutcomeThatIsThrownInPlaceOfTheOneOnItsWayOut() {
        ExtensionCapability inner = guard.guarded(TestExtension.throwing("a", new IllegalStateException("boom")));
        ExtensionPanicException stored = outcomeOf(guard, inner);
        outcomeOf(guard, new TestExtension("a", () -> {
            catchThrowableOfType(ExtensionPanicException.class, inner::poll);
            throw stored;
        }));
        assertThat(panics(guard)).isEqualTo(3);
    }

    @Test
    void shouldCountInEachOfTwoGuardsThatAreNested() {
        ExtensionGuard other = throwing(QuarantinePolicy.DEFAULT);
        ExtensionCapability inner = guard.guarded(TestExtension.throwing("a", new IllegalStateException("boom")));
        for (int times = 1; times <= 3; times++) {
            outcomeOf(other, new ForwardingExtension(inner));
            assertThat(panics(guard)).isEqualTo(times);
            assertThat(panics(other)).isEqualTo(times);
        }
    }

    @Test
    void shouldCountAPanicThatAnExtensionLetsThroughFromAnotherForBoth() {
        TestExtension broken = TestExtension.throwing("b", new IllegalStateException("boom"));
        outcomeOf(guard, new TestExtension("a", () -> {
            guard.callSetup(broken, ENV);
            return null;
        }));
        assertThat(panics(guard)).isOne();
        assertThat(counts(guard, "b", Phase.SETUP).panics()).isOne();
    }
}
