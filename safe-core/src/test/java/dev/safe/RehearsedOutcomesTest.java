package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens once in a rehearsal, so that nothing happens for the first time where the stack or the heap ends. */
class RehearsedOutcomesTest {

    private static final String PANIC = "java.lang.IllegalStateException";
    private static final String NOT_FOUND = "java.lang.NoClassDefFoundError";
    private static final String STACK = "java.lang.StackOverflowError";
    private static final String MEMORY = "java.lang.OutOfMemoryError";
    private static final String CHECKED = "java.lang.Exception";
    private static final String INTERRUPT = "java.lang.InterruptedException";

    private final RecordingListener listener = new RecordingListener();

    @BeforeEach
    void rehearse() {
        new DryRun(listener).run();
    }

    @AfterEach
    void clearFlag() {
        Thread.interrupted();
    }

    private List<String> panics(Phase phase) {
        return listener.all(PanicReport.class).stream()
                .filter(report -> report.phase() == phase)
                .map(PanicReport::type)
                .toList();
    }

    private List<Long> counts(Phase phase, Tally tally) {
        return listener.all(RecordingListener.Counted.class).stream()
                .filter(count -> count.phase() == phase && count.tally() == tally)
                .map(RecordingListener.Counted::total)
                .toList();
    }

    /** The last two are made up for: nothing works when they happen. */
    @Test
    void shouldPanicInEachWayAtEachEntryPoint() {
        assertThat(panics(Phase.POLL))
                .containsExactly(PANIC, NOT_FOUND, STACK, MEMORY, CHECKED, INTERRUPT, STACK, INTERRUPT);
        assertThat(panics(Phase.FINALIZE))
                .containsExactly(PANIC, NOT_FOUND, STACK, MEMORY, CHECKED, INTERRUPT, STACK, INTERRUPT);
        assertThat(panics(Phase.TEARDOWN)).containsExactly(PANIC, NOT_FOUND, STACK, MEMORY);
        assertThat(panics(Phase.HOST)).containsExactly(PANIC, NOT_FOUND, STACK, MEMORY, CHECKED, INTERRUPT);
        assertThat(panics(Phase.SETUP))
                .as("with that of a name that is not valid")
                .containsExactly(PANIC, NOT_FOUND, STACK, MEMORY, "java.lang.IllegalArgumentException");
        assertThat(listener.all(PanicReport.class))
                .extracting(PanicReport::message)
                .filteredOn(message -> !message.equals("dry run"))
                .singleElement()
                .asString()
                .endsWith("got \"not a valid name\"");
        assertThat(listener.lines(SilenceReport.class)).containsExactly("1 more");
    }

    @Test
    void shouldReturnErrors() {
        assertThat(listener.all(ErrorReport.class))
                .extracting(error -> error.phase().tag() + " " + error.type())
                .containsExactly(
                        "setup " + CHECKED, "teardown " + CHECKED, "setup " + INTERRUPT, "teardown " + INTERRUPT);
    }

    /** With each kind of throwable, control flow included, and thrice without one. Host functions are not timed. */
    @Test
    void shouldCrossEachBoundaryAgainAndAgain() {
        Map<Phase, Long> calls = listener.all(RecordingListener.Called.class).stream()
                .collect(Collectors.groupingBy(RecordingListener.Called::phase, Collectors.counting()));
        assertThat(calls)
                .isEqualTo(Map.of(Phase.SETUP, 10L, Phase.POLL, 16L, Phase.FINALIZE, 10L, Phase.TEARDOWN, 10L));
    }

    @Test
    void shouldEnterAndLeaveQuarantineAndRejectCalls() {
        assertThat(listener.lines(RecordingListener.Entered.class, RecordingListener.Left.class))
                .startsWith(
                        "QUARANTINED: 2 panics within 10s, last java.lang.IllegalStateException: dry run",
                        "QUARANTINED: the probe panicked: java.lang.NoClassDefFoundError: dry run")
                .endsWith("released: the probe returned", "QUARANTINED: dry run", "released: released by hand");
        assertThat(counts(Phase.POLL, Tally.QUARANTINES)).contains(1L, 2L);
        assertThat(counts(Phase.POLL, Tally.REJECTED)).hasSize(14).doesNotHaveDuplicates();
    }

    @Test
    void shouldOverrunABudgetRestartAndRemove() {
        assertThat(counts(Phase.POLL, Tally.OVERRUNS)).containsExactly(1L);
        assertThat(listener.all(OverrunReport.class)).hasSize(1);
        assertThat(listener.lines(RestartReport.class)).containsExactly("restarted dry.run 1: dry run");
        assertThat(listener.lines(RecordingListener.Registered.class, RecordingListener.Removed.class))
                .endsWith("registered dry.run", "removed dry.run");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLeaveTheFlagOfItsThreadAsItWas(boolean interrupted) {
        Thread.interrupted();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        DryRun.runAll();
        assertThat(Thread.currentThread().isInterrupted()).isEqualTo(interrupted);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeWaitedForByAThreadThatIsInterruptedToo(boolean interrupted) {
        Thread.interrupted();
        Thread caller = Thread.currentThread();
        AtomicBoolean waiting = new AtomicBoolean();
        Thread running = new Thread(() -> waiting.set(
                Eventually.holds(Duration.ofSeconds(5), () -> caller.getState() == Thread.State.TIMED_WAITING)));
        running.start();
        if (interrupted) {
            caller.interrupt();
        }
        DryRun.join(running);
        assertThat(running.isAlive()).isFalse();
        assertThat(waiting).isTrue();
        assertThat(caller.isInterrupted()).isEqualTo(interrupted);
    }
}
