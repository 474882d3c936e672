package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.QuarantineState;
import dev.safe.RestartReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Restarts an extension that does not come up or does not recover, and leaves one behind that hangs. */
class RestartTest extends SupervisedTest {

    private static final RuntimeException BOOM = new IllegalStateException("boom");

    @Test
    void shouldHoldUpOnlyWhatDependsOnASetupThatFailed() {
        AtomicInteger setups = new AtomicInteger();
        Scripted failing = scripted("a").onSetup(() -> {
            if (setups.incrementAndGet() <= 2) {
                throw new IOException("no route");
            }
            return null;
        });
        try (ExtensionSupervisor supervisor = builder()
                .extension(failing)
                .extension(scripted("b"))
                .extension(scripted("c"))
                .dependsOn("b", "a")
                .build()) {
            supervisor.start();
            assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
            assertThat(state("b")).isEqualTo(ExtensionState.NEW);
            assertThat(state("c")).isEqualTo(ExtensionState.RUNNING);
            advance(supervisor, Duration.ofSeconds(1)); // the initial backoff
            eventually(() -> Collections.frequency(log, "torn down a") == 2); // and the next restart is scheduled
            advance(supervisor, Duration.ofSeconds(1)); // half of the next one
            assertThat(setups).hasValue(2);
            advance(supervisor, Duration.ofSeconds(1));
            eventually(() -> state("b") == ExtensionState.RUNNING);
            assertThat(log.stream().filter(line -> !line.endsWith("c")))
                    .containsExactly("set up a", "torn down a", "set up a", "torn down a", "set up a", "set up b");
        }
        assertThat(listener.lines(RestartReport.class))
                .containsExactly(
                        "restarted a 1: setup failed: java.io.IOException: no route",
                        "restarted a 2: setup failed: java.io.IOException: no route");
    }

    @Test
    void shouldGiveUpAfterTooManyRestartsUntilRestartedByHand() {
        AtomicInteger made = new AtomicInteger();
        try (ExtensionSupervisor supervisor = builder()
                .extension("a", () -> {
                    if (made.incrementAndGet() <= 3) {
                        throw BOOM;
                    }
                    return scripted("a");
                })
                .restart(new RestartPolicy(
                        true, 3, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 2, Duration.ofDays(10_000)))
                .build()) {
            supervisor.start();
            eventually(() -> {
                advance(supervisor, Duration.ofSeconds(1));
                return made.get() == 3;
            });
            eventually(() -> snapshot("a").phase(Phase.SETUP).panics() == 3 && state("a") == ExtensionState.FAILED);
            advance(supervisor, Duration.ofDays(1));
            assertThat(made).hasValue(3);
            assertThat(snapshot("a").restarts()).isEqualTo(2);
            assertThat(snapshot("a").phase(Phase.SETUP).panics()).isEqualTo(3);
            supervisor.restart("a", "ticket\n4711");
            assertThat(state("a")).isEqualTo(ExtensionState.RUNNING);
            assertThat(listener.lines(RestartReport.class)).last().isEqualTo("restarted a 3: ticket\\n4711");
        }
        assertThat(snapshot("a").restarts()).isNull();
    }

    @Test
    void shouldMakeAnExtensionAnewThatTripsAndDoesNotRecover() {
        Queue<Scripted> made = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = builder()
                .extension("a", () -> {
                    Scripted instance = scripted("a");
                    if (made.isEmpty()) {
                        instance.onPoll(() -> {
                            throw BOOM;
                        });
                    }
                    made.add(instance);
                    return instance;
                })
                .build()) {
            supervisor.start();
            eventually(() -> {
                advance(supervisor, Duration.ofSeconds(1));
                return made.size() == 2 && state("a") == ExtensionState.RUNNING;
            });
            assertThat(snapshot("a").phase(Phase.POLL).panics()).isGreaterThanOrEqualTo(3);
            assertThat(snapshot("a").phase(Phase.POLL).quarantine().state()).isEqualTo(QuarantineState.CLEAR);
            assertThat(snapshot("a").restarts()).isEqualTo(1);
            assertThat(log).containsExactly("set up a", "torn down a", "set up a");
            assertThat(listener.lines(RestartReport.class))
                    .containsExactly("restarted a 1: the probe panicked: java.lang.IllegalStateException: boom");
        }
    }

    @Test
    void shouldTakeDownAndBringUpWhatDependsOnIt() {
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("a"))
                .extension(scripted("b"))
                .extension(scripted("c"))
                .extension(scripted("d"))
                .dependsOn("b", "a")
                .dependsOn("c", "b")
                .build()) {
            supervisor.start();
            log.clear();
            supervisor.restart("a", "ticket 4711");
            assertThat(log)
                    .containsExactly("torn down c", "torn down b", "torn down a", "set up a", "set up b", "set up c");
            assertThat(listener.lines(RestartReport.class))
                    .containsExactly(
                            "restarted a 1: ticket 4711",
                            "restarted b 1: what it depends on went down",
                            "restarted c 1: what it depends on went down");
        }
    }

    @Test
    void shouldBeRestartedByItself() {
        ExtensionSupervisor[] own = {null};
        Scripted extension = scripted("a");
        extension.onPoll(() -> {
            if (extension.polls.get() == 1) {
                own[0].restart("a", "by itself");
            }
            return null;
        });
        try (ExtensionSupervisor supervisor = builder().extension(extension).build()) {
            own[0] = supervisor;
            supervisor.start();
            eventually(() -> listener.lines(RestartReport.class).equals(List.of("restarted a 1: by itself")));
        }
    }

    @Test
    void shouldReplaceAnInstanceThatHangsAndLeaveItBehind() throws Exception {
        Queue<Scripted> made = new ConcurrentLinkedQueue<>();
        ExtensionSupervisor supervisor = builder()
                .extension("a", () -> {
                    Scripted instance = scripted("a");
                    if (made.isEmpty()) {
                        instance.onPoll(() -> {
                            hang();
                            return null;
                        });
                    }
                    made.add(instance);
                    return instance;
                })
                .extension(scripted("b"))
                .build();
        supervisor.start();
        eventually(() -> made.element().polls.get() == 1);
        Thread restarting = new Thread(() -> supervisor.restart("a", "it hangs"));
        restarting.start();
        eventually(() -> state("a") == ExtensionState.RESTARTING);
        while (restarting.isAlive()) {
            advance(supervisor, Duration.ofSeconds(1));
            restarting.join(50);
        }
        eventually(() -> made.size() == 2 && state("a") == ExtensionState.RUNNING);
        assertThat(log).containsExactly("set up a", "set up b", "torn down a", "set up a");
        supervisor.close();
    }

    /** A host may stop and start again, as a Spring context does. Meters count what the total grows by. */
    @Test
    void shouldGoOnCountingWhereASupervisorBeforeItEnded() {
        for (int run = 1; run <= 2; run++) {
            try (ExtensionSupervisor supervisor =
                    builder().extension(scripted("a")).build()) {
                supervisor.start();
                supervisor.restart("a", "run " + run);
                eventually(() -> state("a") == ExtensionState.RUNNING);
                assertThat(snapshot("a").restarts()).isEqualTo(run);
            }
        }
        assertThat(listener.lines(RestartReport.class)).containsExactly("restarted a 1: run 1", "restarted a 2: run 2");
    }

    /** Nothing but the passing of time wakes the supervisor. */
    @Test
    void shouldReplaceWhatItLeftBehindOfItself() {
        Queue<Scripted> made = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, delivered::add)
                .extension("a", () -> {
                    Scripted instance = scripted("a");
                    if (made.isEmpty()) {
                        instance.onPoll(() -> {
                            hang();
                            return null;
                        });
                    }
                    made.add(instance);
                    return instance;
                })
                .teardownDeadline(Duration.ofMillis(200))
                .build()) {
            supervisor.start();
            eventually(() -> made.element().polls.get() == 1);
            supervisor.restart("a", "it hangs");
            eventually(() -> made.size() == 2 && state("a") == ExtensionState.RUNNING);
        }
    }

    @Test
    void shouldNotRunTheOnlyInstanceTwice() throws Exception {
        Scripted extension = scripted("a");
        extension.onPoll(() -> {
            if (extension.polls.get() == 1) {
                hang();
            }
            return null;
        });
        ExtensionSupervisor supervisor = builder().extension(extension).build();
        supervisor.start();
        eventually(() -> extension.polls.get() == 1);
        Thread restarting = new Thread(() -> supervisor.restart("a", "it hangs"));
        restarting.start();
        eventually(() -> state("a") == ExtensionState.RESTARTING);
        while (restarting.isAlive()) {
            advance(supervisor, Duration.ofSeconds(1));
            restarting.join(50);
        }
        assertThat(log).containsExactly("set up a", "torn down a");
        end.countDown();
        eventually(() -> state("a") == ExtensionState.RUNNING);
        assertThat(log).containsExactly("set up a", "torn down a", "set up a");
        supervisor.close();
    }

    @Test
    @Tag("slow")
    void shouldCloseWithinItsDeadlineWhateverHangs() {
        Scripted inPoll = scripted("a");
        inPoll.onPoll(() -> {
            hang();
            return null;
        });
        Scripted inTeardown = scripted("b").onTeardown(this::hang);
        Scripted inSetup = scripted("c").onSetup(this::hang);
        ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, delivered::add)
                .extension(inPoll)
                .extension(inTeardown)
                .extension(inSetup)
                .extension(scripted("d"))
                .teardownDeadline(Duration.ofSeconds(2))
                .build();
        supervisor.start();
        assertThat(state("d")).isEqualTo(ExtensionState.RUNNING);
        long start = System.nanoTime();
        supervisor.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThat(log).contains("torn down a", "torn down b", "torn down c", "torn down d");
    }

    @Test
    void shouldRefuseASupplierThatMakesSomethingElse() {
        try (ExtensionSupervisor supervisor =
                builder().extension("a", () -> scripted("b")).build()) {
            supervisor.start();
            assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
            assertThat(snapshot("a").phase(Phase.SETUP).recentPanics().get(0).message())
                    .isEqualTo("the supplier of \"a\" made an extension that is named \"b\"");
        }
    }

    @Test
    void shouldStayFailedWhereRestartsAreOff() {
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("a").onSetup(() -> {
                    throw BOOM;
                }))
                .restart(RestartPolicy.OFF)
                .build()) {
            supervisor.start();
            advance(supervisor, Duration.ofDays(1));
            assertThat(state("a")).isEqualTo(ExtensionState.FAILED);
            assertThat(snapshot("a").restarts()).isZero();
        }
    }

    @Test
    void shouldCheckThePolicy() {
        Duration second = Duration.ofSeconds(1);
        assertThat(RestartPolicy.DEFAULT)
                .isEqualTo(new RestartPolicy(true, 3, second, Duration.ofMinutes(5), 2.0, 10, Duration.ofHours(1)));
        assertThatThrownBy(() -> new RestartPolicy(true, 0, second, second, 1, 1, second))
                .hasMessage("'afterTrips' must be at least 1, got 0");
        assertThatThrownBy(() -> new RestartPolicy(true, 1, Duration.ZERO, second, 1, 1, second))
                .hasMessage("'initialBackoff' must be more than 0, got 0ms");
        assertThatThrownBy(() -> new RestartPolicy(true, 1, second, Duration.ofMillis(1), 1, 1, second))
                .hasMessage("'maxBackoff' must be at least 'initialBackoff' (1s), got 1ms");
        Duration max = Duration.ofMinutes(5);
        assertThatThrownBy(() -> new RestartPolicy(true, 1, Duration.ofMinutes(6), max, 1, 1, second))
                .hasMessage("'initialBackoff' must be at most 'maxBackoff' (5m, built in), got 6m");
        assertThatThrownBy(() -> new RestartPolicy(true, 1, second, second, 0.5, 1, second))
                .hasMessage("'multiplier' must be at least 1, got 0.5");
        assertThatThrownBy(() -> new RestartPolicy(true, 1, second, second, 1, -1, second))
                .hasMessage("'maxRestarts' must be at least 0 and at most 10000, got -1");
        assertThatThrownBy(() -> new RestartPolicy(true, 1, second, second, 1, 1, Duration.ZERO))
                .hasMessage("'within' must be more than 0, got 0ms");
    }
}
