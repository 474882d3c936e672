package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keeps the interrupts that the host sends apart from those of the budget. */
@Timeout(60)
class HostInterruptTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CountDownLatch never = new CountDownLatch(1);
    private final CountDownLatch heeded = new CountDownLatch(1);
    private final AtomicReference<@Nullable Boolean> flag = new AtomicReference<>();
    private final ExtensionGuard guard = guard();

    private static ExtensionGuard guard() {
        return ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(20), OnOverrun.INTERRUPT)))
                .build();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private void heedTheInterruptOfTheBudget() {
        try {
            never.await();
        } catch (InterruptedException ofTheBudget) {
            heeded.countDown();
        }
    }

    /** Waits until the guard has looked at all calls again, by which time calls that began meanwhile are overdue. */
    private void letTheGuardLook() {
        for (int i = 0; i < 3; i++) {
            guard.callPoll(new TestExtension("clock", () -> {
                never.await();
                return null;
            }));
        }
    }

    private Thread calling(ExtensionGuard by, Callable<@Nullable StepEvent> behaviour) {
        Thread caller = new Thread(() -> {
            by.callPoll(new TestExtension("a", behaviour));
            flag.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        return caller;
    }

    private static void runOnUntilInterrupted() {
        assertThat(Eventually.holds(PATIENCE, () -> Thread.currentThread().isInterrupted()))
                .isTrue();
    }

    @Test
    void shouldKeepAnInterruptThatComesAfterTheOneOfTheBudgetWasHeeded() throws Exception {
        Thread caller = calling(guard, () -> {
            heedTheInterruptOfTheBudget();
            runOnUntilInterrupted();
            return null;
        });
        heeded.await();
        letTheGuardLook();
        caller.interrupt();
        caller.join();
        assertThat(flag).hasValue(true);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).overruns())
                .isOne();
    }

    @Test
    void shouldKeepAnInterruptThatComesAfterTheOneOfTheBudgetWasHeededByACallThatPanics() throws Exception {
        Thread caller = calling(guard, () -> {
            heedTheInterruptOfTheBudget();
            runOnUntilInterrupted();
            throw new IllegalStateException("boom");
        });
        heeded.await();
        letTheGuardLook();
        caller.interrupt();
        caller.join();
        assertThat(flag).hasValue(true);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isOne();
    }

    @Test
    void shouldKeepAnInterruptThatComesAfterTheOneOfTheBudgetWasHeededInANestedCall() throws Exception {
        ExtensionCapability inner = guard.guarded(new TestExtension("inner", () -> {
            heedTheInterruptOfTheBudget();
            runOnUntilInterrupted();
            return null;
        }));
        // The outer call has no budget that could send it an interrupt of its own.
        try (ExtensionGuard unlimited = ExtensionGuard.ofDefaults()) {
            Thread caller = calling(unlimited, inner::poll);
            heeded.await();
            letTheGuardLook();
            caller.interrupt();
            caller.join();
            assertThat(flag).hasValue(true);
        }
    }

    @Test
    void shouldKeepAnInterruptThatComesBeforeTheOneOfTheBudget() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        Thread caller = calling(guard, () -> {
            inside.countDown();
            assertThat(Eventually.holds(
                            PATIENCE,
                            () -> guard.snapshot("a")
                                            .orElseThrow()
                                            .phase(Phase.POLL)
                                            .overruns()
                                    > 0))
                    .isTrue();
            return null;
        });
        inside.await();
        caller.interrupt();
        caller.join();
        assertThat(flag).hasValue(true);
    }

    @Test
    void shouldNotTakeTheInterruptOfTheBudgetForTheHostsWhenTheExtensionSetsTheFlagAgain() throws Exception {
        Thread caller = calling(guard, () -> {
            try {
                never.await();
            } catch (InterruptedException ofTheBudget) {
                Thread.currentThread().interrupt();
            }
            return null;
        });
        caller.join();
        assertThat(flag).hasValue(false);
    }

    /** Such a wait clears the flag at once, and sets it again when it is over. */
    @Test
    void shouldLeaveNoInterruptOfItsOwnBehindAWaitThatCannotBeInterrupted() throws Exception {
        CompletableFuture<@Nullable StepEvent> late = new CompletableFuture<>();
        Thread caller = calling(guard, late::join);
        assertThat(Eventually.holds(PATIENCE, () -> guard.snapshot("a")
                        .map(snapshot -> snapshot.phase(Phase.POLL).overruns() > 0)
                        .orElse(false)))
                .isTrue();
        letTheGuardLook();
        late.complete(null);
        caller.join();
        assertThat(flag).hasValue(false);
    }

    @Test
    void shouldKeepAnInterruptThatEndsACallThatHasHeededTheOneOfTheBudget() throws Exception {
        Thread caller = calling(guard, () -> {
            heedTheInterruptOfTheBudget();
            new CountDownLatch(1).await();
            return null;
        });
        heeded.await();
        letTheGuardLook();
        caller.interrupt();
        caller.join();
        assertThat(flag).hasValue(true);
    }

    @Test
    void shouldLeaveNoInterruptOfItsOwnBehindACallThatTakesAWhileToEndByIt() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        Thread caller = calling(guard, () -> {
            try {
                never.await();
            } finally {
                heeded.countDown();
                assertThat(Eventually.holds(PATIENCE, () -> looked.getCount() == 0))
                        .isTrue();
            }
            return null;
        });
        heeded.await();
        letTheGuardLook();
        looked.countDown();
        caller.join();
        assertThat(flag).hasValue(false);
    }

    @Test
    void shouldKeepTheInterruptThatEndsACallWhichTheBudgetOnlyReports() throws Exception {
        try (ExtensionGuard reporting = ExtensionGuard.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(20), OnOverrun.REPORT)))
                .build()) {
            Thread caller = calling(reporting, () -> {
                never.await();
                return null;
            });
            assertThat(Eventually.holds(PATIENCE, () -> reporting
                            .snapshot("a")
                            .map(snapshot -> snapshot.phase(Phase.POLL).overruns() > 0)
                            .orElse(false)))
                    .isTrue();
            caller.interrupt();
            caller.join();
            assertThat(flag).hasValue(true);
        }
    }
}
