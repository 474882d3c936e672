package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.GuardListener;
import dev.safe.QuarantineReport;
import dev.safe.RestartReport;
import dev.safe.StepEvent;
import dev.safe.testing.CapturedLog;
import dev.safe.testing.EndOfStack;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Loops go on and events are finalized, even if memory runs short or the host's own code throws. */
class SupervisorFaultsTest extends SupervisedTest {

    @RegisterExtension
    private final CapturedLog captured = new CapturedLog(ExtensionSupervisor.class.getName());

    /** How many reads of the clock are left on the supervisor's threads until one fails. */
    private final AtomicInteger readsUntilFailure = new AtomicInteger(Integer.MAX_VALUE);

    /** On which threads a read fails, by what their names begin with. By default on all of the supervisor's. */
    private volatile String failingThreads = "safe-";

    /**
     * Fails at one read of the clock. The ticker is what a supervisor calls at each step of a life and a test can
     * supply.
     */
    private long failingTime() {
        boolean ours = Thread.currentThread().getName().startsWith(failingThreads);
        if (ours && readsUntilFailure.decrementAndGet() == 0) {
            throw new OutOfMemoryError("injected");
        }
        return time.get();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldLoseNothingWhereMemoryIsShort(int read) {
        Scripted extension = scripted("a").emit(1, 2, 3);
        readsUntilFailure.set(read);
        try (ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, delivered::add)
                .ticker(this::failingTime)
                .teardownDeadline(Duration.ofSeconds(8))
                .extension(extension)
                .build()) {
            supervisor.start();
            eventually(() -> {
                advance(supervisor, Duration.ofSeconds(1));
                return delivered.size() == 3 && state("a") == ExtensionState.RUNNING;
            });
            delivered.forEach(Delivery::done);
            supervisor.restart("a", "to see that it still does");
            eventually(() -> {
                advance(supervisor, Duration.ofSeconds(1));
                return state("a") == ExtensionState.RUNNING;
            });
        }
        assertThat(extension.finalized).containsExactly(1L, 2L, 3L);
        assertThat(Collections.frequency(log, "torn down a")).isEqualTo(Collections.frequency(log, "set up a"));
    }

    @Test
    void shouldRestartWithABackoffWhatBrokeOff() {
        failingThreads = "safe-a"; // Not the keeper's, which may still read the time after it has begun a life.
        GuardListener failing = new GuardListener() {
            @Override
            public void onRestarted(RestartReport report) {
                readsUntilFailure.set(1); // The next read takes the time at which the extension came up.
            }
        };
        guard.addListener(failing);
        try (ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, delivered::add)
                .ticker(this::failingTime)
                .teardownDeadline(Duration.ofSeconds(8))
                .extension(scripted("a"))
                .build()) {
            supervisor.start();
            supervisor.restart("a", "by hand");
            eventually(() -> Collections.frequency(log, "torn down a") == 2);
            guard.removeListener(failing);
            assertThat(Collections.frequency(log, "set up a")).isEqualTo(2);
            advance(supervisor, Duration.ofSeconds(1));
            eventually(() -> state("a") == ExtensionState.RUNNING);
            assertThat(listener.lines(RestartReport.class))
                    .containsExactly("restarted a 1: by hand", "restarted a 2: its loop broke off");
            assertThat(captured.messages()).contains("extension loop broke off: a");
        }
    }

    @Test
    void shouldNotifyListenersOutsideItsLock() {
        AtomicReference<ExtensionSupervisor> running = new AtomicReference<>();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        guard.addListener(new GuardListener() {
            @Override
            public void onRegistered(ExtensionSnapshot extension) {
                look("registered");
            }

            @Override
            public void onRestarted(RestartReport report) {
                look("restarted");
            }

            @Override
            public void onQuarantined(QuarantineReport report) {
                look("quarantined");
            }

            /** Takes the supervisor's lock on another thread. */
            private void look(String what) {
                ExtensionSupervisor supervisor = running.get();
                if (supervisor != null) {
                    CompletableFuture.runAsync(supervisor::look)
                            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join();
                    heard.add(what);
                }
            }
        });
        try (ExtensionSupervisor supervisor = builder()
                .extension("a", () -> scripted("a").onPoll(this::panic))
                .build()) {
            running.set(supervisor);
            supervisor.start();
            supervisor.restart("a", "by hand");
            eventually(() -> heard.containsAll(List.of("registered", "restarted", "quarantined")));
        }
    }

    @Test
    void shouldShowAsFailedWhatItGaveUpThoughTheLogFails() {
        AppenderBase<ILoggingEvent> failing = new AppenderBase<>() {
            @Override
            public void doAppend(ILoggingEvent event) {
                throw new IllegalStateException("disk full");
            }

            @Override
            protected void append(ILoggingEvent event) {}
        };
        failing.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ExtensionSupervisor.class);
        logger.addAppender(failing);
        try (ExtensionSupervisor supervisor = builder()
                .extension(scripted("a").onSetup(this::panic))
                .restart(new RestartPolicy(
                        true, 3, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0, Duration.ofHours(1)))
                .build()) {
            supervisor.start();
            eventually(() -> log.contains("torn down a"));
            eventually(() -> state("a") == ExtensionState.FAILED);
        } finally {
            logger.detachAppender(failing);
        }
    }

    @Test
    void shouldFinalizeAndTearDownWhatHangsThoughAThreadForThatIsNotToBeHadAtFirst() throws Exception {
        AtomicInteger threads = new AtomicInteger();
        Scripted extension = scripted("a").emit(1);
        extension.onPoll(() -> {
            if (extension.polls.get() > 1) {
                hang();
            }
            return new StepEvent("scripted", new byte[0], 1, null);
        });
        ExtensionSupervisor supervisor = builder()
                .extension(extension)
                .extension(scripted("b"))
                .threads(task -> {
                    if (threads.incrementAndGet() == 3) {
                        throw new OutOfMemoryError("no thread");
                    }
                    return new Thread(task);
                })
                .build();
        supervisor.start();
        eventually(() -> extension.polls.get() == 2);
        Thread closing = new Thread(supervisor::close);
        closing.start();
        eventually(() -> log.contains("torn down b")); // So its neighbour, which hangs, has to stop by now.
        advance(supervisor, Duration.ofSeconds(6)); // Three quarters of the deadline.
        eventually(() -> threads.get() >= 3); // The end of the interrupt may have had it try again already.
        advance(supervisor, Duration.ofSeconds(1));
        eventually(() -> log.contains("torn down a"));
        advance(supervisor, Duration.ofSeconds(1));
        eventually(() -> !closing.isAlive());
        assertThat(extension.finalized).containsExactly(1L);
        assertThat(threads).hasValue(4);
        assertThat(captured.messages()).contains("the supervisor failed, and goes on");
    }

    /** As where a host function restarts an extension, and an extension's recursion calls that. */
    @Test
    void shouldRestartAndCloseWhatWasRestartedAndClosedWhereTheStackEnds() {
        Scripted extension = scripted("a");
        try (ExtensionSupervisor supervisor = builder().extension(extension).build()) {
            supervisor.start();
            EndOfStack.visit(() -> supervisor.restart("a", "by recursion"));
            eventually(() -> state("a") == ExtensionState.RUNNING);
            int setups = Collections.frequency(log, "set up a");
            supervisor.restart("a", "by hand");
            eventually(() -> Collections.frequency(log, "set up a") > setups);
            EndOfStack.visit(supervisor::close);
        }
        try (ExtensionSupervisor next = builder().extension(extension).build()) {
            next.start();
            assertThat(state("a")).isEqualTo(ExtensionState.RUNNING);
        }
        eventually(() -> Collections.frequency(log, "torn down a") == Collections.frequency(log, "set up a"));
    }

    /** Each attempt has a little more room than the one before, until one has enough. */
    @Test
    void shouldStartWhatCouldNotBeStartedWhereTheStackEnds() {
        for (int frames = 0; frames < 150; frames += 3) {
            Scripted extension = scripted("a");
            try (ExtensionSupervisor supervisor = builder().extension(extension).build()) {
                EndOfStack.visit(frames, supervisor::start);
                try {
                    supervisor.start();
                } catch (IllegalStateException startedThere) {
                    assertThat(startedThere).hasMessage("the supervisor was started before");
                }
                eventually(() -> state("a") == ExtensionState.RUNNING);
                EndOfStack.visit(frames, supervisor::close);
            }
            assertThat(state("a")).isEqualTo(ExtensionState.STOPPED);
        }
    }

    private @Nullable StepEvent panic() {
        throw new IllegalStateException("boom");
    }
}
