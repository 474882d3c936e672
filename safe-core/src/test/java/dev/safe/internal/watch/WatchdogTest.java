package dev.safe.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.EndOfStack;
import dev.safe.testing.Eventually;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looks at calls, and visits what waits, once for each time that a test says so. */
@Timeout(60)
class WatchdogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LIMIT = RecordingWatched.LIMIT;
    private static final long PROBE = 3;

    private final Thread tester = Thread.currentThread();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Watchdog watchdog =
            new Watchdog(this::read, true, (what, ours) -> complaints.add(what + ": " + ours.getMessage()));
    private final RecordingWatched boundary = new RecordingWatched(watchdog);
    private final String overran = "overran " + PROBE + " on " + tester.getName();
    private long now = Long.MAX_VALUE - LIMIT / 2;

    /** Keeps the watchdog's own thread from looking. */
    private long read() {
        if (Thread.currentThread() != tester) {
            throw new IllegalStateException("only the test looks");
        }
        return now;
    }

    @AfterEach
    void close() {
        watchdog.close();
        RecordingWatched.endAll();
    }

    private WatchedCall begin() {
        return boundary.begin(PROBE, now);
    }

    private void lookAfter(long time) {
        now += time;
        watchdog.look();
    }

    @Test
    void shouldFindACallOverItsBudgetOnce() {
        boundary.interrupting = false;
        WatchedCall call = begin();
        lookAfter(LIMIT);
        assertThat(boundary.events).isEmpty();
        lookAfter(1);
        assertThat(boundary.events).containsExactly(overran, "reported with a trace");
        lookAfter(LIMIT + 1);
        assertThat(boundary.events).hasSize(2);
        assertThat(call.end()).isEqualTo(WatchedCall.End.OVERDUE);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        lookAfter(LIMIT + 1);
        assertThat(boundary.events).hasSize(2);
    }

    @Test
    void shouldFindEachOfSeveralCallsOverItsBudget() {
        for (int calls = 1; calls <= 3; calls++) {
            WatchedCall call = begin();
            lookAfter(LIMIT + 1);
            assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
            assertThat(boundary.events).hasSize(2 * calls);
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void shouldCountFromTheFirstLookWhereTheBeginningIsNotRead() {
        boundary.stamped = false;
        WatchedCall call = begin();
        lookAfter(LIMIT + 1);
        lookAfter(LIMIT);
        assertThat(boundary.events).isEmpty();
        lookAfter(1);
        assertThat(boundary.events).contains(overran);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        WatchedCall next = begin();
        lookAfter(LIMIT + 1);
        assertThat(next.end()).isEqualTo(WatchedCall.End.IN_TIME);
    }

    @Test
    void shouldCountFromTheFirstLookWhereTheBeginningCouldNotBeRead() {
        WatchedCall call = boundary.begin(PROBE, WatchedCall.UNKNOWN);
        lookAfter(0);
        lookAfter(LIMIT);
        assertThat(boundary.events).isEmpty();
        lookAfter(1);
        assertThat(boundary.events).contains(overran);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldLetCallsWithoutABudgetTakeAnyTime() {
        boundary.limit = 0;
        WatchedCall call = begin();
        lookAfter(1_000_000 * LIMIT);
        assertThat(call.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(boundary.events).isEmpty();
    }

    @Test
    void shouldLeaveTheCallsOfOtherGuardsToTheirWatchdogs() {
        Watchdog other = new Watchdog(this::read, true, (what, ours) -> {});
        RecordingWatched ofTheOther = new RecordingWatched(other);
        WatchedCall outer = begin();
        WatchedCall inner = ofTheOther.begin(PROBE, now - 1);
        lookAfter(LIMIT);
        assertThat(ofTheOther.events).isEmpty();
        other.look();
        assertThat(ofTheOther.events).contains(overran);
        assertThat(boundary.events).isEmpty();
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(outer.end()).isEqualTo(WatchedCall.End.IN_TIME);
        other.close();
    }

    @Test
    void shouldLeaveCallsAloneWhoseBoundaryIsGone() {
        ThreadCalls calls = ThreadCalls.current();
        WatchedCall call = Objects.requireNonNull(calls.free(null));
        call.begin(new WeakReference<>(null), PROBE, now);
        calls.listWith(watchdog);
        lookAfter(LIMIT + 1);
        assertThat(call.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(complaints).isEmpty();
    }

    @Test
    void shouldInterruptTheNestedCallFirstAndTheOuterOneOnceThatHasEnded() {
        WatchedCall outer = begin();
        WatchedCall inner = begin();
        lookAfter(LIMIT + 1);
        assertThat(boundary.events).filteredOn(overran::equals).hasSize(2);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void shouldInterruptTheOuterCallLaterWhereTheNestedOneEndedBeforeItWasOwedThat() {
        WatchedCall outer = begin();
        WatchedCall inner = begin();
        assertThat(inner.claim(inner.running())).isTrue();
        inner.settleByInterrupt(tester);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        long number = outer.running();
        assertThat(outer.claim(number)).isTrue();
        outer.settleOwed(number);
        assertThat(tester.isInterrupted()).isFalse();
        lookAfter(1);
        assertThat(Eventually.holds(PATIENCE, outer::isInterrupted)).isTrue();
        assertThat(tester.isInterrupted()).isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(tester.isInterrupted()).isFalse();
    }

    @Test
    void shouldSeeThatAnInterruptWasHeeded() {
        WatchedCall call = begin();
        lookAfter(LIMIT + 1);
        assertThat(Eventually.holds(PATIENCE, call::isInterrupted)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        lookAfter(1);
        lookAfter(1);
        tester.interrupt();
        assertThat(call.end()).isEqualTo(WatchedCall.End.HEEDED);
        assertThat(Thread.interrupted()).as("interrupt of the host").isTrue();
    }

    @Test
    void shouldNotInterruptANestedCallAgainThatHasConsumedItsInterrupt() {
        WatchedCall outer = begin();
        WatchedCall inner = boundary.begin(PROBE, now - 2);
        lookAfter(LIMIT);
        assertThat(Eventually.holds(PATIENCE, inner::isInterrupted)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        lookAfter(1);
        assertThat(boundary.events).filteredOn(overran::equals).hasSize(2);
        assertThat(outer.word & WatchedCall.STATE_MASK).isNotIn(WatchedCall.CLAIMED, WatchedCall.INTERRUPTED);
        assertThat(inner.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(Thread.interrupted()).as("interrupt of the outer call").isTrue();
        assertThat(outer.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldKnowTheExceptionThatAnInterruptCaused() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        List<WatchedCall.End> ends = new CopyOnWriteArrayList<>();
        List<Boolean> caused = new CopyOnWriteArrayList<>();
        Thread waiting = new Thread(() -> {
            WatchedCall call = begin();
            try {
                never.await();
            } catch (InterruptedException ofTheBudget) {
                ends.add(call.end());
                caused.add(call.wasInterruptedAtOriginOf(ofTheBudget));
                caused.add(call.wasInterruptedAtOriginOf(new InterruptedException()));
            }
        });
        waiting.start();
        assertThat(Eventually.holds(PATIENCE, () -> waiting.getState() == Thread.State.WAITING))
                .isTrue();
        lookAfter(LIMIT + 1);
        waiting.join();
        assertThat(ends).containsExactly(WatchedCall.End.INTERRUPTED);
        assertThat(caused).containsExactly(true, false);
    }

    /** Can be asked for its trace and its flag on some threads only. */
    private final class Reticent extends Thread {

        private final CountDownLatch began = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private @Nullable WatchedCall call;

        @Override
        public void run() {
            WatchedCall begun = begin();
            call = begun;
            began.countDown();
            boolean unused = Eventually.holds(PATIENCE, () -> end.getCount() == 0);
            begun.end();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("asked for its trace");
        }

        @Override
        public boolean isInterrupted() {
            if (Thread.currentThread() == tester) {
                throw new IllegalStateException("asked for its flag");
            }
            return super.isInterrupted();
        }
    }

    @Test
    void shouldNotAskAThreadThatRunsCodeOfItsOwn() throws Exception {
        Reticent caller = new Reticent();
        caller.start();
        caller.began.await();
        lookAfter(LIMIT + 1);
        WatchedCall call = Objects.requireNonNull(caller.call);
        assertThat(Eventually.holds(PATIENCE, call::isInterrupted)).isTrue();
        lookAfter(1);
        lookAfter(1);
        assertThat(call.isInterrupted()).isTrue();
        caller.end.countDown();
        caller.join();
        assertThat(boundary.events).containsExactly("overran 3 on " + caller.getName(), "reported without a trace");
        assertThat(complaints).isEmpty();
    }

    // Calls that do not end as they should.

    @Test
    void shouldEndACallThatWasAbandonedInTime() {
        WatchedCall call = begin();
        call.abandoned = true;
        lookAfter(LIMIT + 1);
        assertThat(call.hasEnded()).isTrue();
        assertThat(boundary.events).isEmpty();
    }

    @Test
    void shouldEndACallThatWasAbandonedAfterItsBudget() {
        boundary.interrupting = false;
        WatchedCall call = begin();
        lookAfter(LIMIT + 1);
        call.abandoned = true;
        lookAfter(1);
        assertThat(call.hasEnded()).isTrue();
        assertThat(boundary.events).containsExactly(overran, "reported with a trace", "ended");
        lookAfter(1);
        assertThat(boundary.events).hasSize(3);
    }

    @Test
    void shouldEndTheCallsOfAThreadThatHasEnded() throws Exception {
        boundary.interrupting = false;
        RecordingWatched inTime = new RecordingWatched(watchdog);
        inTime.limit = 2 * LIMIT;
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        WatchedCall[] calls = new WatchedCall[2];
        Thread dying = new Thread(
                () -> {
                    calls[0] = begin();
                    calls[1] = inTime.begin(PROBE, now);
                    began.countDown();
                    assertThat(Eventually.holds(PATIENCE, () -> looked.getCount() == 0))
                            .isTrue();
                },
                "dying");
        dying.start();
        began.await();
        lookAfter(LIMIT + 1);
        looked.countDown();
        dying.join();
        assertThat(boundary.events).containsExactly("overran 3 on dying", "reported with a trace");
        lookAfter(1);
        assertThat(calls[0].hasEnded()).isTrue();
        assertThat(calls[1].hasEnded()).isTrue();
        lookAfter(1);
        assertThat(boundary.events).containsExactly("overran 3 on dying", "reported with a trace", "ended");
        assertThat(inTime.events).isEmpty();
        assertThat(complaints).isEmpty();
    }

    // Listing.

    @Test
    void shouldLetGoOfAThreadThatMakesNoCalls() {
        ThreadCalls calls = ThreadCalls.current();
        begin().end();
        lookAfter(1);
        begin().end();
        lookAfter(1);
        assertThat(calls.list(watchdog))
                .as("listed anew, though it has made a call")
                .isFalse();
        lookAfter(1);
        assertThat(calls.list(watchdog)).as("listed anew").isTrue();
        calls.unlist(watchdog);
        lookAfter(1);
        WatchedCall call = begin();
        lookAfter(LIMIT + 1);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldKeepAThreadWhoseCallGoesOn() {
        ThreadCalls calls = ThreadCalls.current();
        WatchedCall call = begin();
        for (int looks = 0; looks < 5; looks++) {
            lookAfter(1);
            assertThat(calls.list(watchdog)).isFalse();
        }
        lookAfter(LIMIT);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldSeeACallThatBeganWhileItsThreadWasBeingLetGoOf() {
        ThreadCalls calls = ThreadCalls.current();
        begin().end();
        lookAfter(1);
        lookAfter(1);
        WatchedCall call = Objects.requireNonNull(calls.free(null));
        call.begin(boundary.self, PROBE, now);
        lookAfter(1); // Lists it again.
        assertThat(calls.list(watchdog)).isFalse();
        lookAfter(LIMIT);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
    }

    @Test
    void shouldSeeCallsOfAThreadThatThereWasNoRoomToListWhileAnotherWatchdogHasIt() throws Exception {
        for (int room = 0; room < 100; room++) {
            int frames = room;
            Watchdog other = new Watchdog(() -> LIMIT + 1, true, (what, ours) -> {});
            RecordingWatched crossed = new RecordingWatched(other);
            crossed.interrupting = false;
            List<WatchedCall.End> ends = new CopyOnWriteArrayList<>();
            Runnable calling = () -> {
                ThreadCalls calls = ThreadCalls.current();
                calls.listWith(watchdog);
                EndOfStack.visit(frames, () -> calls.listWith(other));
                WatchedCall call = crossed.begin(PROBE, 0);
                other.look();
                ends.add(call.end());
            };
            Thread caller = new Thread(null, calling, "shallow", 256 * 1024);
            caller.start();
            caller.join();
            other.close();
            assertThat(ends).as("with room for %d frames", room).containsExactly(WatchedCall.End.OVERDUE);
        }
    }

    @Test
    void shouldNotLookAtCallsOnceItIsClosed() {
        WatchedCall call = begin();
        watchdog.close();
        lookAfter(LIMIT + 1);
        WatchedCall nested = begin();
        lookAfter(LIMIT + 1);
        assertThat(nested.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(call.end()).isEqualTo(WatchedCall.End.IN_TIME);
        assertThat(boundary.events).isEmpty();
    }

    // What throws.

    @Test
    void shouldInterruptACallThatCouldNotBeCounted() {
        boundary.overran = () -> {
            throw new IllegalStateException("boom");
        };
        WatchedCall call = begin();
        lookAfter(LIMIT + 1);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(complaints).containsExactly("a call over its budget could not be counted: boom");
        assertThat(boundary.events).containsExactly(overran, "reported with a trace");
    }

    @Test
    void shouldLookAgainAtACallThatCouldNotBeLookedAt() {
        boolean[] failing = {true};
        RecordingWatched failingOnce = new RecordingWatched(watchdog) {
            @Override
            public long limitNanos() {
                if (failing[0]) {
                    throw new IllegalStateException("boom");
                }
                return super.limitNanos();
            }
        };
        WatchedCall call = failingOnce.begin(PROBE, now);
        lookAfter(LIMIT + 1);
        assertThat(complaints).containsExactly("the watchdog failed: boom");
        failing[0] = false;
        lookAfter(1);
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        assertThat(complaints).hasSize(1);
    }

    @Test
    void shouldReportWhatAnInterruptThrows() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        Thread hostile = new Thread("hostile") {
            @Override
            public void run() {
                WatchedCall call = begin();
                began.countDown();
                assertThat(Eventually.holds(PATIENCE, () -> !complaints.isEmpty()))
                        .isTrue();
                call.end();
            }

            @Override
            public void interrupt() {
                throw new IllegalStateException("boom");
            }
        };
        hostile.start();
        began.await();
        lookAfter(LIMIT + 1);
        hostile.join();
        assertThat(complaints).containsExactly("an interrupt threw: boom");
        assertThat(boundary.events).containsExactly("overran 3 on hostile", "reported with a trace");
    }

    @Test
    void shouldGoOnThoughNobodyTakesItsComplaints() {
        Watchdog alone = new Watchdog(this::read, true, (what, ours) -> {
            throw new IllegalStateException("nobody", ours);
        });
        RecordingWatched failing = new RecordingWatched(alone);
        failing.overran = () -> {
            throw new IllegalStateException("boom");
        };
        WatchedCall call = failing.begin(PROBE, now);
        now += LIMIT + 1;
        alone.look();
        assertThat(call.end()).isEqualTo(WatchedCall.End.INTERRUPTED);
        alone.close();
    }

    // Visits.

    private static final class Visitor implements Visited {

        final List<String> events = new CopyOnWriteArrayList<>();
        final WeakReference<Visited> self = new WeakReference<>(this);
        Runnable visit = () -> {};

        @Override
        public void visit(long now) {
            events.add("visited at " + now);
            visit.run();
        }

        @Override
        public void visitsEnded() {
            events.add("ended");
        }
    }

    @Test
    void shouldVisitOnceForEachRequest() {
        now = 7;
        Visitor one = new Visitor();
        Visitor another = new Visitor();
        watchdog.visit(one.self);
        watchdog.visit(new WeakReference<>(null));
        watchdog.visit(another.self);
        lookAfter(0);
        lookAfter(1);
        assertThat(one.events).containsExactly("visited at 7");
        assertThat(another.events).containsExactly("visited at 7");
        assertThat(complaints).isEmpty();
    }

    @Test
    void shouldVisitAtTheNextLookWhereAVisitRequestsThat() {
        now = 7;
        Visitor visitor = new Visitor();
        visitor.visit = () -> watchdog.visit(visitor.self);
        watchdog.visit(visitor.self);
        lookAfter(0);
        assertThat(visitor.events).containsExactly("visited at 7");
        lookAfter(1);
        assertThat(visitor.events).containsExactly("visited at 7", "visited at 8");
    }

    @Test
    void shouldMakeTheOtherVisitsThoughOneFails() {
        now = 7;
        Visitor failing = new Visitor();
        failing.visit = () -> {
            throw new IllegalStateException("boom");
        };
        Visitor visitor = new Visitor();
        watchdog.visit(failing.self);
        watchdog.visit(visitor.self);
        lookAfter(0);
        lookAfter(1);
        assertThat(failing.events).containsExactly("visited at 7", "ended");
        assertThat(visitor.events).containsExactly("visited at 7");
        assertThat(complaints).containsExactly("the watchdog failed: boom");
    }

    @Test
    void shouldEndVisitsWhenItIsClosed() {
        Visitor visitor = new Visitor();
        watchdog.visit(new WeakReference<>(null));
        watchdog.visit(visitor.self);
        watchdog.close();
        assertThat(Eventually.holds(PATIENCE, () -> !visitor.events.isEmpty())).isTrue();
        lookAfter(1);
        assertThat(visitor.events).containsExactly("ended");
    }

    // Its own thread.

    @Test
    void shouldLookSeveralTimesWithinTheShortestBudget() {
        assertThat(watchdog.napNanos()).isEqualTo(Watchdog.LONGEST_NAP);
        watchdog.watch(Duration.ofSeconds(8).toNanos());
        assertThat(watchdog.napNanos()).isEqualTo(Watchdog.LONGEST_NAP);
        watchdog.watch(Duration.ofMillis(80).toNanos());
        assertThat(watchdog.napNanos()).isEqualTo(Duration.ofMillis(10).toNanos());
        watchdog.watch(1);
        assertThat(watchdog.napNanos()).isEqualTo(Duration.ofMillis(1).toNanos());
        watchdog.watch(Duration.ofMillis(80).toNanos());
        assertThat(watchdog.napNanos()).isEqualTo(Duration.ofMillis(1).toNanos());
    }

    @Test
    void shouldRunErrandsOfOthersOnTheirOwnThread() {
        Thread[] ran = new Thread[1];
        assertThat(watchdog.run(() -> ran[0] = Thread.currentThread())).isTrue();
        assertThat(ran[0]).isSameAs(tester);
    }

    @Test
    void shouldVisitOnAThreadThatEndsOnceItIsIdleAndRunErrandsElsewhere() throws Exception {
        List<Thread> visiting = new CopyOnWriteArrayList<>();
        List<Thread> running = new CopyOnWriteArrayList<>();
        List<Boolean> ran = new CopyOnWriteArrayList<>();
        Watchdog busy = new Watchdog(System::nanoTime, false, (what, ours) -> complaints.add(what));
        Visitor visitor = new Visitor();
        visitor.visit = () -> {
            visiting.add(Thread.currentThread());
            ran.add(busy.run(() -> running.add(Thread.currentThread())));
        };
        busy.visit(visitor.self);
        assertThat(Eventually.holds(PATIENCE, () -> running.size() == 1)).isTrue();
        Thread watching = visiting.get(0);
        assertThat(watching.getName()).isEqualTo("safe-watchdog");
        assertThat(running.get(0).getName()).isEqualTo("safe-reporter");
        assertThat(Eventually.holds(PATIENCE, () -> watching.getState() == Thread.State.TIMED_WAITING))
                .isTrue();
        busy.visit(visitor.self);
        assertThat(Eventually.holds(PATIENCE, () -> running.size() == 2)).isTrue();
        watching.join(PATIENCE.toMillis());
        assertThat(watching.isAlive()).isFalse();
        busy.visit(visitor.self);
        assertThat(Eventually.holds(PATIENCE, () -> running.size() == 3)).isTrue();
        assertThat(visiting.get(2)).isNotSameAs(watching);
        assertThat(ran).containsExactly(true, true, true);
        assertThat(complaints).isEmpty();
        busy.close();
    }

    @Test
    void shouldEndItsThreadOnceNoThreadMakesCalls() throws Exception {
        List<Thread> looking = new CopyOnWriteArrayList<>();
        Watchdog idle = new Watchdog(
                () -> {
                    looking.add(Thread.currentThread());
                    return 0;
                },
                false,
                (what, ours) -> complaints.add(what));
        idle.watch(1);
        RecordingWatched crossed = new RecordingWatched(idle);
        crossed.begin(PROBE, 0).end();
        Thread ended = new Thread(() -> crossed.begin(PROBE, 0));
        ended.start();
        ended.join();
        assertThat(Eventually.holds(PATIENCE, () -> !looking.isEmpty())).isTrue();
        Thread watching = looking.get(0);
        watching.join(PATIENCE.toMillis());
        assertThat(watching.isAlive()).isFalse();
        idle.close();
    }

    @Test
    void shouldTellWhetherItsTickerIsDrivenByHand() {
        assertThat(watchdog.isManual()).isTrue();
        assertThat(new Watchdog(() -> 0, false, (what, ours) -> {}).isManual()).isFalse();
    }
}
