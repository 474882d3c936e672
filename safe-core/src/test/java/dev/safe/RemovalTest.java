package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever calls an extension that was removed finds it new. */
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
    void shouldReachADecoratorAndAWrapperWithNewPolicies() {
        ExtensionCapability decorator = guard.guarded(extension);
        Runnable function = guard.hostFunction("a", "f", Runnable.class, RemovalTest::boom);
        guard.remove("a");
        guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build())
                .policy(
                        Phase.HOST,
                        PhasePolicy.builder(Phase.HOST).onPanic(OnPanic.THROW).build())
                .build());
        assertThatThrownBy(decorator::poll).isInstanceOf(ExtensionPanicException.class);
        assertThatThrownBy(function::run).isInstanceOf(ExtensionPanicException.class);
    }

    @Test
    void shouldReachADecoratorAndAWrapperWithAQuarantineByHand() {
        ExtensionCapability decorator = guard.guarded(extension);
        AtomicInteger calls = new AtomicInteger();
        Runnable function = guard.hostFunction("a", "f", Runnable.class, calls::incrementAndGet);
        guard.remove("a");
        guard.register(extension, "ignored");
        guard.quarantine("a", Phase.POLL, "ticket 4711");
        guard.quarantine("a", Phase.HOST, "ticket 4711");
        decorator.poll();
        function.run();
        assertThat(extension.calls).hasValue(0);
        assertThat(calls).hasValue(0);
        guard.release("a", Phase.POLL);
        guard.release("a", Phase.HOST);
        decorator.poll();
        function.run();
        assertThat(extension.calls).hasValue(1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldLetADecoratorAndAWrapperOutOfTheQuarantineThatWasForgotten() {
        ExtensionCapability decorator = guard.guarded(extension);
        AtomicInteger calls = new AtomicInteger();
        Runnable function = guard.hostFunction("a", "f", Runnable.class, calls::incrementAndGet);
        guard.quarantine("a", Phase.POLL, "ticket 4711");
        guard.quarantine("a", Phase.HOST, "ticket 4711");
        guard.remove("a");
        decorator.poll();
        function.run();
        assertThat(extension.calls).hasValue(1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldShowTheOverrunOfADecorator() {
        ExtensionCapability decorator = guard.guarded(extension);
        guard.remove("a");
        guard.apply(Policies.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(20), OnOverrun.INTERRUPT)))
                .build());
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        extension.behave(() -> {
            try {
                assertThat(never.await(2, TimeUnit.SECONDS)).isFalse();
            } catch (InterruptedException ofTheBudget) {
                interrupted.set(true);
            }
            return null;
        });
        decorator.poll();
        assertThat(interrupted).isTrue();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).overruns())
                .isOne();
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
    void shouldFindNewWhatWasRemovedWhileItWasRegistered() {
        AtomicInteger registrations = new AtomicInteger();
        ExtensionGuard[] racing = new ExtensionGuard[1];
        racing[0] = ExtensionGuard.builder()
                .listener(new RecordingListener().on(RecordingListener.Registered.class, registered -> {
                    if (registrations.incrementAndGet() == 1) {
                        racing[0].remove(registered.extension().name());
                    }
                }))
                .build();
        racing[0].callFinalize(extension, 1);
        racing[0].callFinalize(extension, 2);
        racing[0].callFinalize(extension, 3);
        // The first call may be of the one that was removed.
        assertThat(panics(racing[0], Phase.FINALIZE)).isBetween(2L, 3L);
        assertThat(registrations).hasValue(2);
        racing[0].close();
    }

    private int orphansLeftBy(Function<TestExtension, ExtensionCapability> wayIn) throws Exception {
        int orphans = 0;
        for (int round = 0; round < 500; round++) {
            guard.register(extension, "ignored");
            ExtensionCapability raced = wayIn.apply(TestExtension.throwing("a", new IllegalStateException("boom")));
            AtomicInteger ready = new AtomicInteger();
            Thread caller = new Thread(() -> {
                ready.incrementAndGet();
                while (ready.get() < 2) {
                    Thread.onSpinWait();
                }
                guard.callFinalize(raced, 1);
            });
            caller.start();
            ready.incrementAndGet();
            while (ready.get() < 2) {
                Thread.onSpinWait();
            }
            guard.remove("a");
            caller.join();
            guard.register(extension, "ignored");
            long before = panics(guard, Phase.FINALIZE);
            guard.callFinalize(raced, 1);
            orphans += panics(guard, Phase.FINALIZE) == before + 1 ? 0 : 1;
            guard.remove("a");
        }
        return orphans;
    }

    @Test
    void shouldLeaveNoOrphanWhenARemovalRacesWithAFirstCall() throws Exception {
        assertThat(orphansLeftBy(instance -> instance)).as("orphans of 500").isZero();
    }

    @Test
    void shouldLeaveNoOrphanWhenARemovalRacesWithACallOfADecorator() throws Exception {
        assertThat(orphansLeftBy(guard::guarded)).as("orphans of 500").isZero();
    }

    @Test
    void shouldReportARemovalOutsideAllLocks() throws Exception {
        AtomicBoolean returned = new AtomicBoolean();
        guard.callPoll(extension);
        guard.addListener(new GuardListener() {
            @Override
            public void onRemoved(String removed) {
                Thread other = new Thread(() -> guard.callPoll(extension));
                other.setDaemon(true);
                other.start();
                try {
                    other.join(3_000);
                } catch (InterruptedException impossible) {
                    throw new AssertionError(impossible);
                }
                returned.set(!other.isAlive());
            }
        });
        guard.remove("a");
        assertThat(returned)
                .as("the other thread's call returned while the listener waited for it")
                .isTrue();
    }

    private void shouldReportARegistrationOutsideAllLocks(Runnable fromAnotherThread) throws Exception {
        AtomicBoolean returned = new AtomicBoolean();
        guard.addListener(new RecordingListener().on(RecordingListener.Registered.class, registered -> {
            Thread other = new Thread(fromAnotherThread);
            other.setDaemon(true);
            other.start();
            try {
                other.join(3_000);
            } catch (InterruptedException impossible) {
                throw new AssertionError(impossible);
            }
            returned.compareAndSet(false, !other.isAlive());
        }));
        guard.callPoll(extension);
        assertThat(returned)
                .as("the other thread's call returned while the listener waited for it")
                .isTrue();
    }

    @Test
    void shouldLetAnotherThreadCallTheInstanceThatIsBeingRegistered() throws Exception {
        shouldReportARegistrationOutsideAllLocks(() -> guard.callPoll(extension));
    }

    @Test
    void shouldLetAnotherThreadDecorateTheInstanceThatIsBeingRegistered() throws Exception {
        shouldReportARegistrationOutsideAllLocks(() -> guard.guarded(extension));
    }

    @Test
    void shouldLetAnotherThreadRemoveTheInstanceThatIsBeingRegistered() throws Exception {
        shouldReportARegistrationOutsideAllLocks(() -> {
            if (guard.snapshot("a").isPresent()) {
                guard.remove("a");
            }
        });
    }

    @Test
    void shouldReportOneRegistrationHoweverManyThreadsSeeAnExtensionFirst() throws Exception {
        for (int round = 0; round < 200; round++) {
            listener.clear();
            CountDownLatch start = new CountDownLatch(1);
            Thread[] callers = new Thread[4];
            for (int i = 0; i < callers.length; i++) {
                callers[i] = new Thread(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException impossible) {
                        throw new AssertionError(impossible);
                    }
                    guard.callFinalize(extension, 1);
                });
                callers[i].start();
            }
            start.countDown();
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(listener.all(RecordingListener.Registered.class)).hasSize(1);
            assertThat(panics(guard, Phase.FINALIZE)).isEqualTo(callers.length);
            guard.remove("a");
        }
    }

    /** Both boundaries find that the extension is not listed before either may list it. */
    @Test
    void shouldReportOneRegistrationThoughTwoBoundariesOfWhatWasRemovedAreCalledAtOnce() throws Exception {
        ExtensionCapability decorator = guard.guarded(extension);
        guard.remove("a");
        listener.clear();
        Thread polling = new Thread(decorator::poll);
        Thread finalizing = new Thread(() -> decorator.finalizeStep(1));
        boolean bothWait;
        synchronized (guard.registry()) {
            polling.start();
            finalizing.start();
            bothWait = Eventually.holds(
                    Duration.ofSeconds(10),
                    () -> polling.getState() == Thread.State.BLOCKED && finalizing.getState() == Thread.State.BLOCKED);
        }
        polling.join();
        finalizing.join();
        assertThat(bothWait).isTrue();
        assertThat(told()).containsExactlyInAnyOrder("registered a", "poll PANICS 1", "finalize PANICS 1");
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
                .hasSize(1);
    }
}
