package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts each of several nested calls once, as its own budget demands. */
@Timeout(120)
class NestedBudgetTest {

    private static final int ROUNDS = 15;
    private static final Duration LIMIT = Duration.ofMillis(20);
    private static final Duration HANG = Duration.ofSeconds(1);

    private final List<ExtensionGuard> guards = new ArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicLong fullHangs = new AtomicLong();

    private ExtensionGuard guard(Duration limit) {
        ExtensionGuard guard = ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(limit, OnOverrun.INTERRUPT)))
                .build();
        guards.add(guard);
        return guard;
    }

    @AfterEach
    void close() {
        guards.forEach(ExtensionGuard::close);
    }

    private static long overruns(ExtensionGuard guard, String extension) {
        return guard.snapshot(extension)
                .map(snapshot -> snapshot.phase(Phase.POLL).overruns())
                .orElse(0L);
    }

    /** Hangs until interrupted, and notes if no interrupt comes. */
    private void hang() throws InterruptedException {
        if (!never.await(HANG.toMillis(), TimeUnit.MILLISECONDS)) {
            fullHangs.incrementAndGet();
        }
    }

    private void hangAndSwallowTheInterrupt() {
        try {
            hang();
        } catch (InterruptedException swallowed) {
            Thread.onSpinWait();
        }
    }

    private ExtensionCapability swallowing(ExtensionGuard guard, String name) {
        return guard.guarded(new TestExtension(name, () -> {
            hangAndSwallowTheInterrupt();
            return null;
        }));
    }

    private ExtensionCapability lettingOut(ExtensionGuard guard, String name) {
        return guard.guarded(new TestExtension(name, () -> {
            hang();
            return null;
        }));
    }

    /** Waits until both calls are found overdue. The outer call may not be before the inner one has ended. */
    private static void spinUntilOverdue(ExtensionGuard innermost, ExtensionGuard outermost) {
        long start = System.nanoTime();
        long inner = overruns(innermost, "inner");
        long outer = overruns(outermost, "outer");
        while ((overruns(innermost, "inner") == inner || overruns(outermost, "outer") == outer)
                && System.nanoTime() - start < 150_000_000) {
            Thread.onSpinWait();
        }
    }

    private static ExtensionCapability deaf(ExtensionGuard guard, ExtensionGuard outermost) {
        return guard.guarded(new TestExtension("inner", () -> {
            spinUntilOverdue(guard, outermost);
            return null;
        }));
    }

    /** Swallows its own interrupt, and returns once the outer call's has come too. */
    private ExtensionCapability runningOn(ExtensionGuard guard) {
        return guard.guarded(new TestExtension("inner", () -> {
            hangAndSwallowTheInterrupt();
            long start = System.nanoTime();
            // The interrupt of the outer call may be postponed until this call has ended.
            while (!Thread.currentThread().isInterrupted() && System.nanoTime() - start < 150_000_000) {
                Thread.onSpinWait();
            }
            return null;
        }));
    }

    private void shouldEndTheOuterHangEachTime(ExtensionGuard guard, ExtensionCapability inner) {
        boolean[] warmingUp = {true};
        TestExtension outer = new TestExtension("outer", () -> {
            if (!warmingUp[0]) {
                inner.poll();
                hangAndSwallowTheInterrupt();
            }
            return null;
        });
        for (int i = 0; i < 1_000; i++) {
            guard.callPoll(outer);
        }
        warmingUp[0] = false;
        int flags = 0;
        for (int round = 0; round < ROUNDS; round++) {
            guard.callPoll(outer);
            flags += Thread.interrupted() ? 1 : 0;
        }
        assertThat(fullHangs).as("hangs of %s that nobody ended", ROUNDS).hasValue(0);
        assertThat(flags).as("flags set after the call").isZero();
        assertThat(overruns(guard, "outer")).isEqualTo(ROUNDS);
        assertThat(guard.snapshot("outer").orElseThrow().phase(Phase.POLL).stuck())
                .isZero();
    }

    /** If the outer call is found overdue just before the inner one, the inner one may still end in time. */
    private void shouldHaveCountedTheInnerOverruns(ExtensionGuard guard) {
        assertThat(overruns(guard, "inner")).isBetween(ROUNDS - 2L, (long) ROUNDS);
        assertThat(guard.snapshot("inner").orElseThrow().phase(Phase.POLL).stuck())
                .isZero();
    }

    @Test
    void shouldEndTheOuterHangThoughTheInnerCallSwallowsItsInterrupt() {
        ExtensionGuard guard = guard(LIMIT);
        shouldEndTheOuterHangEachTime(guard, swallowing(guard, "inner"));
        shouldHaveCountedTheInnerOverruns(guard);
    }

    @Test
    void shouldEndTheOuterHangThoughTheInnerCallLetsItsInterruptOut() {
        ExtensionGuard guard = guard(LIMIT);
        shouldEndTheOuterHangEachTime(guard, lettingOut(guard, "inner"));
        shouldHaveCountedTheInnerOverruns(guard);
    }

    @Test
    void shouldEndTheOuterHangThoughTheInnerCallPaysNoAttention() {
        ExtensionGuard guard = guard(LIMIT);
        shouldEndTheOuterHangEachTime(guard, deaf(guard, guard));
        shouldHaveCountedTheInnerOverruns(guard);
    }

    @Test
    void shouldEndTheOuterHangThoughTheInnerCallRunsOnAfterItsInterrupt() {
        ExtensionGuard guard = guard(LIMIT);
        shouldEndTheOuterHangEachTime(guard, runningOn(guard));
        shouldHaveCountedTheInnerOverruns(guard);
    }

    @Test
    void shouldEndTheOuterHangOfOneGuardThoughTheInnerCallOfAnotherSwallowsAnInterrupt() {
        shouldEndTheOuterHangEachTime(guard(LIMIT), swallowing(guard(LIMIT), "inner"));
    }

    @Test
    void shouldEndTheOuterHangOfOneGuardThoughTheInnerCallOfAnotherLetsAnInterruptOut() {
        shouldEndTheOuterHangEachTime(guard(LIMIT), lettingOut(guard(LIMIT), "inner"));
    }

    @Test
    @Tag("slow")
    void shouldEndTheOuterHangOfOneGuardThoughTheInnerCallOfAnotherPaysNoAttention() {
        ExtensionGuard guard = guard(Duration.ofMillis(100));
        ExtensionGuard other = guard(LIMIT);
        shouldEndTheOuterHangEachTime(guard, deaf(other, guard));
        shouldHaveCountedTheInnerOverruns(other);
    }

    @Test
    @Tag("slow")
    void shouldEndTheOuterHangOfOneGuardThoughTheInnerCallOfAnotherRunsOnAfterItsInterrupt() {
        ExtensionGuard guard = guard(Duration.ofMillis(100));
        ExtensionGuard other = guard(LIMIT);
        shouldEndTheOuterHangEachTime(guard, runningOn(other));
        shouldHaveCountedTheInnerOverruns(other);
    }

    @Test
    void shouldEndTheOuterHangThoughAnInnerCallThatHasTimeLeftSwallowsItsInterrupt() {
        ExtensionGuard guard = guard(LIMIT);
        ExtensionGuard other = guard(Duration.ofMinutes(1));
        shouldEndTheOuterHangEachTime(guard, swallowing(other, "inner"));
        assertThat(overruns(other, "inner")).isZero();
    }

    @Test
    @Tag("slow")
    void shouldEndTheOuterHangThoughTheInnerCallBecomesOverdueAfterIt() {
        ExtensionGuard guard = guard(LIMIT);
        ExtensionGuard other = guard(Duration.ofMillis(60));
        ExtensionCapability inner = other.guarded(new TestExtension("inner", () -> {
            long start = System.nanoTime();
            long before = overruns(other, "inner");
            while (overruns(other, "inner") == before && System.nanoTime() - start < 300_000_000) {
                Thread.onSpinWait();
            }
            return null;
        }));
        shouldEndTheOuterHangEachTime(guard, inner);
        shouldHaveCountedTheInnerOverruns(other);
    }

    @Test
    void shouldEndEachOfThreeNestedHangs() {
        ExtensionGuard guard = guard(LIMIT);
        ExtensionCapability inner = swallowing(guard, "inner");
        ExtensionCapability between = guard.guarded(new TestExtension("between", () -> {
            inner.poll();
            hangAndSwallowTheInterrupt();
            return null;
        }));
        shouldEndTheOuterHangEachTime(guard, between);
        shouldHaveCountedTheInnerOverruns(guard);
        assertThat(overruns(guard, "between")).isBetween(ROUNDS - 2L, (long) ROUNDS);
    }

    @Test
    void shouldNotInterruptAnOuterCallThatHasTimeLeft() {
        ExtensionGuard guard = guard(Duration.ofMinutes(1));
        ExtensionGuard other = guard(LIMIT);
        ExtensionCapability inner = swallowing(other, "inner");
        ExtensionCapability deaf = deaf(other, other);
        boolean[] interrupted = new boolean[1];
        guard.callPoll(new TestExtension("outer", () -> {
            inner.poll();
            interrupted[0] |= Thread.currentThread().isInterrupted();
            deaf.poll(); // Waits for its own overrun, then a while for one of the outer call.
            interrupted[0] |= Thread.currentThread().isInterrupted();
            return null;
        }));
        assertThat(interrupted[0]).isFalse();
        assertThat(overruns(guard, "outer")).isZero();
        assertThat(overruns(other, "inner")).isEqualTo(2);
    }

    /** The watchdog of the outer guard sees the inner call, too. */
    @Test
    void shouldJudgeACallByTheClockOfItsOwnGuard() {
        ExtensionGuard guard = guard(LIMIT);
        ExtensionGuard other = ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMinutes(1), OnOverrun.INTERRUPT)))
                .ticker(() -> System.nanoTime() - Duration.ofDays(1).toNanos())
                .build();
        guards.add(other);
        boolean[] looked = new boolean[1];
        ExtensionCapability inner = other.guarded(new TestExtension("inner", () -> {
            looked[0] = Eventually.holds(Duration.ofSeconds(10), () -> overruns(guard, "outer") == 1);
            return null;
        }));
        guard.callPoll(new TestExtension("outer", inner::poll));
        assertThat(looked[0]).isTrue();
        assertThat(overruns(other, "inner")).isZero();
    }

    private static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    /** Ends calls just before, while and just after they are interrupted. */
    private void shouldLeaveNoFlag(ExtensionGuard guard, ExtensionGuard other) {
        int flags = 0;
        int[] round = new int[1];
        ExtensionCapability inner = other.guarded(new TestExtension("inner", () -> {
            spin(500_000 + (round[0] % 25) * 100_000L);
            return null;
        }));
        TestExtension outer = new TestExtension("outer", () -> {
            inner.poll();
            spin((round[0] % 7) * 200_000L);
            return null;
        });
        for (; round[0] < 500; round[0]++) {
            guard.callPoll(outer);
            for (int i = 0; i < 100; i++) {
                flags += Thread.interrupted() ? 1 : 0;
                Thread.onSpinWait();
            }
        }
        assertThat(flags).as("interrupts that landed after their call").isZero();
        assertThat(overruns(guard, "outer")).isPositive();
        assertThat(overruns(other, "inner")).isPositive();
    }

    @Test
    @Tag("slow")
    void shouldLeaveNoFlagAfterNestedCallsOfOneGuard() {
        ExtensionGuard guard = guard(Duration.ofMillis(1));
        shouldLeaveNoFlag(guard, guard);
    }

    @Test
    @Tag("slow")
    void shouldLeaveNoFlagAfterNestedCallsOfTwoGuards() {
        shouldLeaveNoFlag(guard(Duration.ofMillis(2)), guard(Duration.ofMillis(1)));
    }
}
