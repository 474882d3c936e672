package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionState;
import dev.safe.OnPanic;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import dev.safe.RestartReport;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.testing.CapturedLog;
import dev.safe.testing.Eventually;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A life from setup to teardown, and its events. */
class ExtensionSupervisorTest extends SupervisedTest {

    @RegisterExtension
    private final CapturedLog captured = new CapturedLog(ExtensionSupervisor.class.getName());

    @Test
    void shouldSetUpInTheOrderOfDependenciesAndTearDownInReverse() {
        ExtensionSupervisor supervisor = builder()
                .extension(scripted("c"))
                .extension(scripted("a"))
                .extension(scripted("b"))
                .dependsOn("c", "b")
                .dependsOn("b", "a")
                .build();
        supervisor.start();
        assertThat(log).containsExactly("set up a", "set up b", "set up c");
        assertThat(supervisor.names()).containsExactly("a", "b", "c");
        assertThat(state("c")).isEqualTo(ExtensionState.RUNNING);
        supervisor.close();
        assertThat(log).endsWith("torn down c", "torn down b", "torn down a").hasSize(6);
        assertThat(state("c")).isEqualTo(ExtensionState.STOPPED);
        supervisor.close();
        assertThat(log).hasSize(6);
    }

    @Test
    void shouldSetUpInTheOrderGivenWhereNothingDependsOnAnything() {
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("b"))
                .extension(scripted("a"))
                .extension(scripted("c"))
                .build()) {
            supervisor.start();
            assertThat(log).containsExactly("set up b", "set up a", "set up c");
        }
    }

    @Test
    void shouldDeliverEventsAndFinalizeEachOnce() {
        Scripted extension = scripted("a").emit(1, 2);
        try (ExtensionSupervisor supervisor = builder().extension(extension).build()) {
            supervisor.start();
            eventually(() -> delivered.size() == 2);
            Delivery first = delivered.remove();
            assertThat(first.extension()).isEqualTo("a");
            assertThat(first.event()).isEqualTo(new StepEvent("scripted", new byte[0], 1, null));
            assertThat(first).hasToString("Delivery[extension=a, event=" + first.event() + "]");
            first.done();
            first.done();
            assertThat(extension.finalized).containsExactly(1L);
            delivered.remove().done();
            assertThat(extension.finalized).containsExactly(1L, 2L);
        }
        assertThat(extension.finalized).hasSize(2);
    }

    @Test
    void shouldFinalizeWhatTheSinkThrowsAt() {
        Scripted extension = scripted("a").emit(1, 2, 3);
        EventSink failing = delivery -> {
            throw new IllegalStateException("no cell");
        };
        try (ExtensionSupervisor supervisor =
                builder(failing).extension(extension).build()) {
            supervisor.start();
            eventually(() -> extension.finalized.size() == 3);
        }
        assertThat(extension.finalized).containsExactly(1L, 2L, 3L);
        assertThat(captured.messages())
                .containsExactly("event sink failed: a: java.lang.IllegalStateException: no cell; event finalized");
    }

    @Test
    void shouldNotPollBeyondWhatMayBeInFlight() {
        Scripted extension = scripted("a").emit(1, 2, 3);
        try (ExtensionSupervisor supervisor =
                builder().extension(extension).maxInFlight(2).build()) {
            supervisor.start();
            eventually(() -> delivered.size() == 2);
            assertThat(extension.polls).hasValue(2);
            delivered.remove().done();
            eventually(() -> delivered.size() == 2);
            assertThat(extension.finalized).containsExactly(1L);
            delivered.forEach(Delivery::done);
        }
    }

    @Test
    void shouldFinalizeWhatIsOpenAtTheCloseOnceHalfOfTheTimeIsOver() throws Exception {
        Scripted extension = scripted("a").emit(1, 2);
        ExtensionSupervisor supervisor = builder().extension(extension).build();
        supervisor.start();
        eventually(() -> delivered.size() == 2);
        Thread closing = new Thread(supervisor::close);
        closing.start();
        delivered.remove().done();
        eventually(() -> extension.finalized.size() == 1);
        assertThat(log).doesNotContain("torn down a");
        // The loop may notice only now that it has to stop. The time is measured from when it was asked to.
        while (closing.isAlive()) {
            advance(supervisor, Duration.ofSeconds(1));
            closing.join(20);
        }
        assertThat(extension.finalized).containsExactly(1L, 2L);
        assertThat(log).containsExactly("set up a", "torn down a");
        delivered.remove().done();
        assertThat(extension.finalized).hasSize(2);
    }

    @Test
    void shouldSetUpWithTheEnvironmentOfTheHost() {
        Queue<SetupEnv> seen = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = builder()
                .extension("a", () -> noting(seen))
                .setupEnv(name -> new SetupEnv("cell of " + name, Path.of("storage"), Map.of("port", 1)))
                .build()) {
            supervisor.start();
        }
        assertThat(seen).containsExactly(new SetupEnv("cell of a", Path.of("storage"), Map.of("port", 1)));
    }

    private static ExtensionCapability noting(Queue<SetupEnv> seen) {
        return new ExtensionCapability() {
            @Override
            public String name() {
                return "a";
            }

            @Override
            public void setup(SetupEnv env) {
                seen.add(env);
            }
        };
    }

    @Test
    void shouldRestWhenAnExtensionLeavesTheInterruptFlagSetOrAPermit() {
        Scripted extension = scripted("a");
        extension.onPoll(() -> {
            LockSupport.unpark(Thread.currentThread());
            Thread.currentThread().interrupt();
            return null;
        });
        try (ExtensionSupervisor supervisor =
                builder().extension(extension).pause(Duration.ofHours(1)).build()) {
            supervisor.start();
            eventually(() -> extension.polls.get() >= 1);
            assertThat(Eventually.holds(Duration.ofMillis(300), () -> extension.polls.get() > 3))
                    .isFalse();
        }
    }

    @Test
    void shouldNotRunWhatAnotherSupervisorOfTheGuardRuns() {
        try (ExtensionSupervisor first = builder().extension(scripted("a")).build();
                ExtensionSupervisor second = builder()
                        .extension(scripted("b"))
                        .extension(scripted("a"))
                        .build()) {
            first.start();
            assertThatThrownBy(second::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("extension \"a\" is run by another supervisor of this guard");
            first.close();
            second.start();
            assertThat(state("a")).isEqualTo(ExtensionState.RUNNING);
            second.restart("a", "by hand");
            assertThat(listener.lines(RestartReport.class)).containsExactly("restarted a 1: by hand");
        }
    }

    /** It does not wait there, so its loop is in the instance for a while. */
    @Test
    void shouldLetNobodyElseRunWhatClosesItsSupervisorBeforeItHasStopped() {
        AtomicReference<ExtensionSupervisor> running = new AtomicReference<>();
        Scripted extension = scripted("a");
        extension.onPoll(() -> {
            if (extension.polls.get() == 1) {
                running.get().close();
                hang();
            }
            return null;
        });
        ExtensionSupervisor first = builder().extension(extension).build();
        running.set(first);
        first.start();
        try (ExtensionSupervisor second = builder().extension(extension).build()) {
            assertThatThrownBy(second::start).hasMessage("extension \"a\" is run by another supervisor of this guard");
            end.countDown();
            eventually(() -> {
                try {
                    second.start();
                    return true;
                } catch (IllegalStateException notYet) {
                    return false;
                }
            });
            assertThat(log).containsExactly("set up a", "torn down a", "set up a");
        }
    }

    @Test
    void shouldShowAsStoppedWhatWasClosedWhileItRestarts() throws Exception {
        Scripted extension = scripted("a").onTeardown(this::hang);
        ExtensionSupervisor supervisor = builder().extension(extension).build();
        supervisor.start();
        Thread restarting = new Thread(() -> {
            try {
                supervisor.restart("a", "by hand");
            } catch (IllegalStateException closed) {
                // It is closed meanwhile.
            }
        });
        restarting.start();
        eventually(() -> log.contains("torn down a"));
        Thread closing = new Thread(supervisor::close);
        closing.start();
        eventually(() -> closing.getState() == Thread.State.TIMED_WAITING);
        assertThat(state("a")).isEqualTo(ExtensionState.RESTARTING);
        end.countDown();
        closing.join();
        restarting.join();
        assertThat(state("a")).isEqualTo(ExtensionState.STOPPED);
    }

    @Test
    void shouldShowAsStoppedWhatCannotBeRestartedSinceADependencyIsGone() {
        Scripted base = scripted("a");
        Scripted dependent = scripted("b").onTeardown(this::hang);
        try (ExtensionSupervisor supervisor = builder()
                .extension(base)
                .extension(dependent)
                .dependsOn("b", "a")
                .build()) {
            supervisor.start();
            new Thread(() -> supervisor.restart("b", "by hand")).start();
            eventually(() -> log.contains("torn down b"));
            assertThat(state("b")).isEqualTo(ExtensionState.RESTARTING);
            base.onSetup(() -> {
                throw new IllegalStateException("gone");
            });
            new Thread(() -> supervisor.restart("a", "by hand")).start();
            eventually(() -> state("a") == ExtensionState.RESTARTING);
            end.countDown();
            eventually(() -> state("a") == ExtensionState.FAILED && state("b") == ExtensionState.STOPPED);
        }
    }

    @Test
    void shouldGiveASetupAHeadStartBeforeTheNextOneBegins() {
        ExtensionSupervisor supervisor = builder()
                .extension(scripted("a").onSetup(this::hang))
                .extension(scripted("b"))
                .build();
        Thread starting = new Thread(supervisor::start);
        starting.start();
        eventually(() -> log.contains("set up a"));
        for (int looks = 0; looks < 3; looks++) {
            advance(supervisor, Duration.ofNanos(Keeper.HEAD_START / 3));
        }
        assertThat(log).containsExactly("set up a");
        advance(supervisor, Duration.ofMillis(1));
        eventually(() -> log.contains("set up b"));
        end.countDown();
        supervisor.close();
    }

    @Test
    void shouldRefuseWhatComesAtTheWrongTime() {
        ExtensionSupervisor supervisor = builder().extension(scripted("a")).build();
        assertThatThrownBy(() -> supervisor.restart("a", "why"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supervisor has not been started");
        supervisor.start();
        assertThatThrownBy(supervisor::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supervisor was started before");
        assertThatThrownBy(() -> supervisor.restart("b", "why"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no extension named \"b\" is supervised, there is [a]");
        supervisor.close();
        assertThatThrownBy(supervisor::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supervisor is closed");
        assertThatThrownBy(() -> supervisor.restart("a", "why"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the supervisor is closed");
    }

    @Test
    void shouldRefuseExtensionsThatCannotBeOrdered() {
        assertThatThrownBy(() -> builder().extension(scripted("a")).extension("a", () -> scripted("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two extensions are named \"a\"");
        assertThatThrownBy(() ->
                        builder().extension(scripted("a")).dependsOn("a", "b").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("extension \"a\" is said to depend on \"b\", but there is no extension \"b\"");
        assertThatThrownBy(() ->
                        builder().extension(scripted("a")).dependsOn("b", "a").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("extension \"b\" is said to depend on \"a\", but there is no extension \"b\"");
        assertThatThrownBy(() -> builder()
                        .extension(scripted("a"))
                        .extension(scripted("b"))
                        .extension(scripted("c"))
                        .dependsOn("a", "b")
                        .dependsOn("b", "c")
                        .dependsOn("c", "b")
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("extensions depend on each other in a circle: \"b\" -> \"c\" -> \"b\"");
    }

    @Test
    void shouldRefuseSettingsOutOfRange() {
        assertThatThrownBy(() -> builder().maxInFlight(0))
                .hasMessage("'maxInFlight' must be at least 1 and at most 1000000, got 0");
        assertThatThrownBy(() -> builder().maxInFlight(1_000_001))
                .hasMessage("'maxInFlight' must be at least 1 and at most 1000000, got 1000001");
        assertThat(builder().maxInFlight(1).maxInFlight(1_000_000)).isNotNull();
        assertThatThrownBy(() -> builder().pause(Duration.ZERO)).hasMessage("'pause' must be more than 0, got 0ms");
        assertThatThrownBy(() -> builder().teardownDeadline(Duration.ZERO))
                .hasMessage("'teardownDeadline' must be more than 0, got 0ms");
    }

    @Test
    void shouldRunOnThreadsOfTheHost() {
        Queue<Thread> made = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("a"))
                .threads(task -> {
                    Thread thread = new Thread(task, "host");
                    made.add(thread);
                    return thread;
                })
                .build()) {
            supervisor.start();
            assertThat(made).hasSize(1);
        }
        eventually(() -> made.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void shouldNameAThreadWithoutANameAfterItsExtension() {
        Queue<Thread> made = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("a"))
                .threads(task -> {
                    Thread thread = new Thread(task, made.isEmpty() ? "" : "host");
                    made.add(thread);
                    return thread;
                })
                .build()) {
            supervisor.start();
            assertThat(made).extracting(Thread::getName).containsExactly("safe-a");
            supervisor.restart("a", "by hand");
            assertThat(made).extracting(Thread::getName).containsExactly("safe-a", "host");
        }
    }

    @Test
    void shouldFailWhatGetsNoThreadAndGoOn() {
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("a"))
                .extension(scripted("b"))
                .threads(new java.util.concurrent.ThreadFactory() {
                    private int made;

                    @Override
                    public Thread newThread(Runnable task) {
                        if (made++ == 0) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        return new Thread(task);
                    }
                })
                .build()) {
            supervisor.start();
            assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
            assertThat(state("b")).isEqualTo(ExtensionState.RUNNING);
            advance(supervisor, Duration.ofSeconds(1));
            eventually(() -> state("a") == ExtensionState.RUNNING);
            assertThat(List.copyOf(log)).containsExactly("set up b", "set up a");
            assertThat(listener.lines(RestartReport.class))
                    .containsExactly("restarted a 1: setup failed: java.lang.OutOfMemoryError:"
                            + " unable to create native thread");
        }
    }

    @Test
    void shouldLogWhatTheHostStartsWithout() {
        try (ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, delivered::add)
                .teardownDeadline(Duration.ofMillis(100))
                .extension(scripted("a").onSetup(() -> {
                    throw new IOException("no route");
                }))
                .extension(scripted("b"))
                .extension(scripted("c").onSetup(this::hang))
                .dependsOn("b", "a")
                .build()) {
            supervisor.start();
            assertThat(captured.messages())
                    .containsExactlyInAnyOrder(
                            "extension not set up: a: java.io.IOException: no route",
                            "extension not up yet: b: it depends on a, which is not up; the start goes on",
                            "extension not up yet: c: its setup has not returned; the start goes on");
            assertThat(captured.list.stream().filter(event -> event.getThrowableProxy() != null))
                    .extracting(event -> event.getThrowableProxy().getClassName())
                    .containsExactly("java.io.IOException");
        }
    }

    @Test
    void shouldSetUpWithAnEnvironmentOfItsOwnWhereTheHostGivesNone() {
        Queue<SetupEnv> seen = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = builder().extension(noting(seen)).build()) {
            supervisor.start();
            assertThat(supervisor).hasToString("ExtensionSupervisor[a]");
        }
        assertThat(seen).containsExactly(new SetupEnv("a", Path.of("extensions", "a"), Map.of()));
    }

    @Test
    void shouldKeepTheInterruptOfAHostThatDoesNotWait() {
        try (ExtensionSupervisor supervisor =
                builder().extension(scripted("a").onSetup(this::hang)).build()) {
            Thread.currentThread().interrupt();
            supervisor.start();
            assertThat(Thread.interrupted()).isTrue();
            end.countDown();
        }
    }

    /** A call that is rejected is cheap, and tells nothing new. */
    @Test
    void shouldPollTwentyTimesASecondAtMostUntilItIsReleased() {
        Scripted extension = scripted("a");
        try (ExtensionSupervisor supervisor =
                builder().extension(extension).pause(Duration.ofNanos(1)).build()) {
            supervisor.start();
            guard.quarantine("a", Phase.POLL, "by hand");
            long begin = System.nanoTime();
            long before = rejected();
            eventually(() -> rejected() >= before + 3);
            long rejected = rejected() - before;
            long pauses = (System.nanoTime() - begin) / Duration.ofMillis(50).toNanos();
            assertThat(rejected).isLessThanOrEqualTo(pauses + 2); // The loop may have been between two polls.
            guard.release("a", Phase.POLL);
            int polls = extension.polls.get();
            eventually(() -> extension.polls.get() > polls + 1_000);
        }
    }

    private long rejected() {
        return snapshot("a").phase(Phase.POLL).rejected();
    }

    @Test
    void shouldRestAfterAPollThatTheGuardLetsThrough() {
        guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build())
                .build());
        Scripted extension = scripted("a").onPoll(() -> {
            throw new IllegalStateException("boom");
        });
        try (ExtensionSupervisor supervisor =
                builder().extension(extension).pause(Duration.ofMillis(50)).build()) {
            long begin = System.nanoTime();
            supervisor.start();
            eventually(() -> extension.polls.get() >= 3);
            int polls = extension.polls.get();
            long pauses = (System.nanoTime() - begin) / Duration.ofMillis(50).toNanos();
            assertThat(polls).isLessThanOrEqualTo((int) pauses + 1);
        }
    }

    @Test
    void shouldNotBeKeptByItsGuardOnceItIsClosed() {
        WeakReference<ExtensionSupervisor> closed = closed();
        eventually(() -> {
            System.gc();
            return closed.get() == null;
        });
        assertThat(state("a")).isEqualTo(ExtensionState.STOPPED);
    }

    private WeakReference<ExtensionSupervisor> closed() {
        ExtensionSupervisor supervisor = builder().extension(scripted("a")).build();
        supervisor.start();
        supervisor.close();
        return new WeakReference<>(supervisor);
    }
}
