package dev.safe.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ends calls, and interrupts nested calls of one thread in the order in which watchdogs of two guards may do it. */
class WatchedCallTest {

    private final WeakReference<Watched> watched = new WeakReference<>(null);
    private final Thread caller = Thread.currentThread();
    private final WatchedCall outer = begin();
    private final WatchedCall inner = begin();

    private WatchedCall begin() {
        WatchedCall call = Objects.requireNonNull(ThreadCalls.current().free(null));
        call.begin(watched, 0);
        return call;
    }

    @AfterEach
    void endAll() {
        RecordingWatched.endAll();
    }

    private WatchedCall begin(RecordingWatched crossed) {
        WatchedCall call = Objects.requireNonNull(ThreadCalls.current().free(null));
        call.begin(crossed.self, 0);
        return call;
    }

    private static RecordingWatched recording() {
        return new RecordingWatched(new Watchdog(() -> 0, true, (what, ours) -> {}));
    }

    private static long claim(WatchedCall call) {
        long number = call.running();
        assertThat(call.claim(number)).isTrue();
        return number;
    }

    private void interrupt(WatchedCall call) {
        claim(call);
        call.settleByInterrupt(caller);
    }

    @Test
    void shouldHandOnAnInterruptThatTheInnerCallsInterruptPassedFor() {
        claim(outer);
        claim(inner);
        inner.settleByInterrupt(caller);
        outer.settleByInterrupt(caller); // Finds the flag set, and does not interrupt.
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldHandItOnThoughTheInnerCallHasHeededItsInterrupt() {
        claim(outer);
        claim(inner);
        inner.settleByInterrupt(caller);
        outer.settleByInterrupt(caller);
        assertThat(Thread.interrupted()).isTrue(); // As a sleep that is interrupted does.
        inner.noteHeeded(caller);
        inner.noteHeeded(caller);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.HEEDED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldLeaveTheFlagOfTheHostAloneWhereACallWithinWasNotInterrupted() {
        caller.interrupt();
        claim(outer);
        outer.settleByInterrupt(caller);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(outer.end()).isEqualTo(WatchedCall.End.OVERDUE);
        assertThat(Thread.interrupted()).as("interrupt of the host").isTrue();
    }

    @Test
    void shouldInterruptTheOuterCallOnceTheInnerOneHasEnded() {
        claim(inner);
        inner.settleByInterrupt(caller);
        long number = outer.running();
        claim(outer);
        assertThat(outer.isInterruptedWithin()).isTrue();
        outer.settleOwed(number);
        assertThat(outer.claimOwed()).isFalse();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldHandOnTheInterruptThatANestedCallConsumedThoughItEndsInTime() {
        interrupt(outer);
        assertThat(Thread.interrupted())
                .as("interrupt that the nested call consumes")
                .isTrue();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldHandOnTheInterruptThatTheOuterCallSeemsToHaveHeededWithinTheNestedOne() {
        interrupt(outer);
        assertThat(Thread.interrupted())
                .as("interrupt that the nested call consumes")
                .isTrue();
        outer.noteHeeded(caller);
        outer.noteHeeded(caller);
        assertThat(outer.isInterrupted()).isFalse();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldNotInterruptACallAgainThatWasInterruptedBeforeTheNestedOneBegan() {
        inner.end();
        interrupt(outer);
        assertThat(Thread.interrupted()).isTrue();
        WatchedCall nested = begin();
        interrupt(nested);
        assertThat(nested.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(caller.isInterrupted()).isFalse();
    }

    @Test
    void shouldInterruptOneAfterTheOtherOfSeveralCallsThatAreOwedThat() {
        WatchedCall innermost = begin();
        interrupt(innermost);
        inner.settleOwed(claim(inner));
        outer.settleOwed(claim(outer));
        assertThat(innermost.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(inner.isInterrupted()).isTrue();
        assertThat(outer.isInterrupted()).isFalse();
        assertThat(caller.isInterrupted()).isTrue();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(outer.isInterrupted()).isTrue();
        assertThat(caller.isInterrupted()).isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(caller.isInterrupted()).isFalse();
    }

    @Test
    void shouldInterruptAnOuterCallThatIsOwedThatThoughTheNestedOneWasNotInterruptedAfterAll() {
        caller.interrupt();
        claim(inner);
        long number = claim(outer);
        assertThat(outer.isInterruptedWithin()).isTrue();
        outer.settleOwed(number);
        inner.settleByInterrupt(caller);
        assertThat(Thread.interrupted()).as("interrupt of the host").isTrue();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.OVERDUE);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldHandAnInterruptOnAsOftenAsItIsConsumed() {
        Deque<WatchedCall> nested = new ArrayDeque<>();
        for (int depth = 0; depth < 40; depth++) {
            nested.push(begin());
        }
        interrupt(outer);
        for (WatchedCall call : nested) {
            assertThat(Thread.interrupted()).isTrue();
            assertThat(call.end()).isEqualTo(WatchedCall.End.IN_TIME);
        }
        assertThat(outer.isInterrupted()).isTrue();
        inner.end();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(caller.isInterrupted()).isFalse();
    }

    @Test
    void shouldNotTakeAnInterruptForHeededThatWasHandedOnSinceItsFlagWasClear() {
        interrupt(outer);
        assertThat(Thread.interrupted()).isTrue();
        outer.noteHeeded(caller);
        inner.end();
        assertThat(Thread.interrupted()).as("interrupt that was handed on").isTrue();
        outer.noteHeeded(caller);
        assertThat(outer.isInterrupted()).isTrue();
        outer.noteHeeded(caller);
        assertThat(outer.isInterrupted()).isFalse();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.HEEDED);
    }

    @Test
    void shouldNotTakeAnInterruptForHeededWhoseFlagWasSetInBetween() {
        interrupt(inner);
        assertThat(Thread.interrupted()).isTrue();
        inner.noteHeeded(caller);
        caller.interrupt();
        inner.noteHeeded(caller);
        assertThat(Thread.interrupted()).isTrue();
        inner.noteHeeded(caller);
        assertThat(inner.isInterrupted()).isTrue();
        caller.interrupt();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(caller.isInterrupted()).isFalse();
    }

    @Test
    void shouldNotTakeAnInterruptForHeededByAThreadThatHasNotMoved() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread waiting = new Thread(() -> {
            try {
                end.await();
            } catch (InterruptedException unexpected) {
                throw new IllegalStateException(unexpected);
            }
        });
        waiting.start();
        assertThat(Eventually.holds(Duration.ofSeconds(10), () -> waiting.getState() == Thread.State.WAITING))
                .isTrue();
        claim(inner);
        inner.noteWhere(waiting.getStackTrace());
        inner.settleByInterrupt(caller);
        for (int looks = 0; looks < 3; looks++) {
            inner.noteHeeded(waiting);
            assertThat(inner.isInterrupted()).isTrue();
        }
        inner.noteWhere(caller.getStackTrace());
        inner.noteHeeded(waiting);
        inner.noteHeeded(waiting);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.HEEDED);
        assertThat(Thread.interrupted()).isTrue();
        end.countDown();
        waiting.join();
    }

    @Test
    void shouldNotBeHeededWithoutAnInterrupt() {
        inner.settleOverdue(claim(inner));
        inner.noteHeeded(caller);
        inner.noteHeeded(caller);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.OVERDUE);
    }

    @Test
    void shouldKnowTheCallThatItStandsFor() {
        inner.end();
        WatchedCall first = begin();
        assertThat(first).isSameAs(inner);
        long number = first.running();
        assertThat(number).isNotNegative();
        assertThat(first.hasEnded()).isFalse();
        assertThat(first.firstSeen(number, 5)).isEqualTo(5);
        assertThat(first.firstSeen(number, 6)).isEqualTo(5);
        first.end();
        assertThat(first.hasEnded()).isTrue();
        assertThat(first.running()).isNegative();
        assertThat(first.claim(number)).isFalse();
        first.begin(watched, 3, 4);
        assertThat(first.probe()).isEqualTo(3);
        assertThat(first.start()).isEqualTo(4);
        assertThat(first.running()).isNotNegative().isNotEqualTo(number);
        assertThat(first.claim(number)).isFalse();
        assertThat(first.firstSeen(first.running(), 7)).isEqualTo(7);
        claim(first);
        assertThat(first.running()).isNegative();
        first.settleOverdue(first.word);
        assertThat(first.running()).isNegative();
    }

    @Test
    void shouldStandForACallThatIsNeverMade() {
        WatchedCall never = WatchedCall.sentinel();
        assertThat(never.hasEnded()).isTrue();
        assertThat(never.running()).isNegative();
        assertThat(never).isNotSameAs(WatchedCall.sentinel());
    }

    @Test
    void shouldLeaveTheFlagOfTheHostAloneWhereTheCallIsOnlyOverdue() {
        caller.interrupt();
        inner.settleOverdue(claim(inner));
        assertThat(inner.end()).isEqualTo(WatchedCall.End.OVERDUE);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldKnowWhetherACallWithinIsInterrupted() {
        WatchedCall innermost = begin();
        assertThat(outer.isInterruptedWithin()).isFalse();
        inner.settleOverdue(claim(inner));
        assertThat(outer.isInterruptedWithin()).isFalse();
        claim(innermost);
        assertThat(outer.isInterruptedWithin()).isTrue();
        assertThat(innermost.isInterruptedWithin()).isFalse();
        innermost.settleByInterrupt(caller);
        assertThat(outer.isInterruptedWithin()).isTrue();
        innermost.abandoned = true;
        assertThat(outer.isInterruptedWithin()).isFalse();
        innermost.abandoned = false;
        innermost.end();
        assertThat(outer.isInterruptedWithin()).isFalse();
    }

    // Calls that were abandoned.

    @Test
    void shouldEndAnAbandonedCallForItsThread() {
        assertThat(inner.endIfAbandoned()).isFalse();
        assertThat(inner.hasEnded()).isFalse();
        inner.abandoned = true;
        assertThat(inner.endIfAbandoned()).as("was over its budget").isFalse();
        assertThat(inner.hasEnded()).isTrue();
        assertThat(inner.endIfAbandoned()).isFalse();
    }

    @Test
    void shouldEndAnAbandonedCallThatIsOverItsBudgetForItsThread() {
        inner.settleOverdue(claim(inner));
        inner.abandoned = true;
        assertThat(inner.endIfAbandoned()).isTrue();
        assertThat(inner.hasEnded()).isTrue();
        assertThat(inner.endIfAbandoned()).isFalse();
    }

    @Test
    void shouldLeaveAnAbandonedCallToItsThreadWhereTheFlagIsToBeCleared() {
        claim(inner);
        inner.settleByInterrupt(caller);
        inner.abandoned = true;
        assertThat(inner.endIfAbandoned()).isFalse();
        assertThat(inner.hasEnded()).isFalse();
        assertThat(ThreadCalls.current().free(null)).isSameAs(inner);
        assertThat(inner.hasEnded()).isTrue();
        assertThat(caller.isInterrupted()).isFalse();
    }

    @Test
    void shouldNotEndAnAbandonedCallThatIsClaimedNorInterruptIt() {
        claim(inner);
        inner.abandoned = true;
        assertThat(inner.endIfAbandoned()).isFalse();
        assertThat(inner.hasEnded()).isFalse();
        inner.settleByInterrupt(caller);
        assertThat(caller.isInterrupted()).isFalse();
        assertThat(inner.endIfAbandoned()).isTrue();
    }

    @Test
    void shouldEndAnAbandonedCallBeforeTheNextOneOfItsThread() {
        RecordingWatched crossed = recording();
        WatchedCall inTime = begin(crossed);
        inTime.abandoned = true;
        WatchedCall overdue = begin(crossed);
        assertThat(overdue).isSameAs(inTime);
        assertThat(overdue.abandoned).isFalse();
        assertThat(crossed.events).isEmpty();
        overdue.settleOverdue(claim(overdue));
        overdue.abandoned = true;
        assertThat(ThreadCalls.current().free(crossed.self)).isSameAs(overdue);
        assertThat(crossed.events).containsExactly("ended");
    }

    @Test
    void shouldEndAnAbandonedCallAtTheEndOfTheOuterOne() {
        RecordingWatched crossed = recording();
        WatchedCall overdue = begin(crossed);
        overdue.settleOverdue(claim(overdue));
        overdue.abandoned = true;
        inner.end();
        assertThat(overdue.hasEnded()).isTrue();
        assertThat(crossed.events).containsExactly("ended");
        begin(crossed).end();
        assertThat(crossed.events).hasSize(1);
    }

    @Test
    void shouldEndTheCallsOfAThreadThatHasEnded() {
        assertThat(inner.endOfDeadThread()).as("was over its budget").isFalse();
        assertThat(inner.hasEnded()).isTrue();
        assertThat(inner.endOfDeadThread()).isFalse();
        outer.settleOverdue(claim(outer));
        assertThat(outer.endOfDeadThread()).isTrue();
        assertThat(outer.hasEnded()).isTrue();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(outer.end()).isEqualTo(WatchedCall.End.IN_TIME);
    }

    // Where a call was when it was found over its budget.

    private static StackTraceElement frame(@Nullable String module, String type, int line) {
        return new StackTraceElement(null, module, null, type, "f", null, line);
    }

    private static StackTraceElement[] ofExtension(int frames) {
        return IntStream.range(0, frames)
                .mapToObj(line -> frame(null, "Extension", line))
                .toArray(StackTraceElement[]::new);
    }

    private static InterruptedException thrownAt(StackTraceElement... trace) {
        InterruptedException thrown = new InterruptedException();
        thrown.setStackTrace(trace);
        return thrown;
    }

    @Test
    void shouldKnowTheExceptionThatItsInterruptCaused() {
        inner.noteWhere(ofExtension(2));
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(ofExtension(2)))).isTrue();
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(ofExtension(3)))).isFalse();
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(frame(null, "Extension", 0), frame(null, "Extension", 2))))
                .isFalse();
        IllegalStateException another = new IllegalStateException();
        another.setStackTrace(ofExtension(2));
        assertThat(inner.wasInterruptedAtOriginOf(another)).isFalse();
    }

    @Test
    void shouldKnowTheExceptionByTheFramesOutsideThePlatform() {
        StackTraceElement ofExtension = frame("plugin", "Extension", 1);
        inner.noteWhere(new StackTraceElement[] {
            frame("java.base", "java.lang.Object", 1), frame(null, "Extension$$Lambda/0x1", 2), ofExtension
        });
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(ofExtension))).isTrue();
        assertThat(inner.wasInterruptedAtOriginOf(
                        thrownAt(frame("java.base", "Other", 2), frame("jdk.net", "Other", 3), ofExtension)))
                .isTrue();
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(frame("plugin", "Extension", 3), ofExtension)))
                .isFalse();
    }

    @Test
    void shouldKnowTheExceptionThoughTheOldestFramesAreMissing() {
        inner.noteWhere(ofExtension(20));
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(ofExtension(16)))).isTrue();
        assertThat(inner.wasInterruptedAtOriginOf(thrownAt(ofExtension(15)))).isFalse();
    }
}
