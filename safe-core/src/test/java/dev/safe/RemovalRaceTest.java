package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import dev.safe.testing.RecordingListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Removes and lists an extension while other threads call it. */
@Timeout(60)
class RemovalRaceTest {

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

    private static long panics(ExtensionGuard of, Phase phase) {
        return of.snapshot("a").map(snapshot -> snapshot.phase(phase).panics()).orElse(-1L);
    }

    private List<String> told() {
        return listener.lines(
                RecordingListener.Registered.class, RecordingListener.Removed.class, RecordingListener.Counted.class);
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
    @Tag("slow")
    void shouldLeaveNoOrphanWhenARemovalRacesWithAFirstCall() throws Exception {
        assertThat(orphansLeftBy(instance -> instance)).as("orphans of 500").isZero();
    }

    @Test
    @Tag("slow")
    void shouldLeaveNoOrphanWhenARemovalRacesWithACallOfADecorator() throws Exception {
        assertThat(orphansLeftBy(guard::guarded)).as("orphans of 500").isZero();
    }

    @Test
    @Tag("slow")
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
}
