package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionState;
import dev.safe.StepEvent;
import dev.safe.testing.CapturedLog;
import java.io.IOException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Extensions that hang on their way down, and what the supervisor still does for them and for all others. */
@Timeout(60)
class HangingStopTest extends SupervisedTest {

    @RegisterExtension
    private final CapturedLog captured = new CapturedLog("dev.safe.supervisor.ExtensionSupervisor");

    private ExtensionSupervisor.Builder inRealTime() {
        return ExtensionSupervisor.builder(guard, delivered::add).teardownDeadline(Duration.ofMillis(400));
    }

    /** Interrupting a thread that is blocked in a channel runs the channel's code, which may be the extension's. */
    private final class HangingChannel extends AbstractInterruptibleChannel {

        @Nullable StepEvent block() {
            begin();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            hang();
            return null;
        }

        @Override
        protected void implCloseChannel() {
            log.add("closing");
            hang();
        }
    }

    @Test
    void shouldRestartOthersThoughAnInterruptHangs() {
        Scripted bad = scripted("bad").onPoll(() -> new HangingChannel().block());
        Scripted good = scripted("good");
        try (ExtensionSupervisor supervisor =
                inRealTime().extension(bad).extension(good).build()) {
            supervisor.start();
            eventually(() -> bad.polls.get() == 1);
            supervisor.restart("bad", "it hangs");
            eventually(() -> log.contains("closing"));
            supervisor.restart("good", "by hand");
            eventually(() -> log.stream().filter("set up good"::equals).count() == 2);
        }
        assertThat(log.stream().filter("torn down good"::equals)).hasSize(2);
        assertThat(log).contains("torn down bad");
    }

    /** The call returns, but what its interrupt runs does not. */
    @Test
    @Tag("slow")
    void shouldNotWaitForAnInterruptThatHangs() {
        CountDownLatch returned = new CountDownLatch(1);
        Scripted extension = scripted("a");
        extension.onPoll(() -> {
            if (extension.polls.get() == 1) {
                new AbstractInterruptibleChannel() {
                    void block() {
                        begin();
                        while (!Thread.currentThread().isInterrupted()) {
                            LockSupport.park();
                        }
                    }

                    @Override
                    protected void implCloseChannel() {
                        hang();
                    }
                }.block();
                returned.countDown();
            }
            return null;
        });
        try (ExtensionSupervisor supervisor = inRealTime().extension(extension).build()) {
            supervisor.start();
            eventually(() -> extension.polls.get() == 1);
            supervisor.restart("a", "it hangs");
            eventually(() -> returned.getCount() == 0 && state("a") == ExtensionState.RUNNING);
        }
    }

    /** The poll hangs, heeds no interrupt, and returns an event once the instance has been torn down. */
    @Test
    void shouldDropAnEventThatIsPolledAfterTeardown() {
        Scripted extension = scripted("a").onPoll(() -> {
            hang();
            return new StepEvent("late", new byte[0], 1, null);
        });
        ExtensionSupervisor supervisor = inRealTime().extension(extension).build();
        supervisor.start();
        eventually(() -> extension.polls.get() == 1);
        Thread loop = threadNamed("safe-a");
        supervisor.close();
        assertThat(log).contains("torn down a");
        end.countDown();
        eventually(() -> !loop.isAlive());
        assertThat(delivered).isEmpty();
        assertThat(extension.finalized).isEmpty();
    }

    private static Thread threadNamed(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Its own thread hangs in poll, so another one tears it down. */
    @Test
    void shouldNotWaitForARestartThatATeardownOnAnotherThreadAsksFor() {
        AtomicReference<ExtensionSupervisor> running = new AtomicReference<>();
        AtomicBoolean asks = new AtomicBoolean(true);
        Scripted extension = scripted("a").onPoll(() -> {
            hang();
            return null;
        });
        extension.onTeardown(() -> {
            if (asks.getAndSet(false)) {
                running.get().restart("a", "again");
                log.add("asked");
            }
            return null;
        });
        try (ExtensionSupervisor supervisor = builder().extension(extension).build()) {
            running.set(supervisor);
            supervisor.start();
            eventually(() -> extension.polls.get() == 1);
            new Thread(() -> supervisor.restart("a", "it hangs")).start();
            eventually(() -> state("a") == ExtensionState.RESTARTING);
            advance(supervisor, Duration.ofSeconds(6)); // Three quarters of the deadline.
            eventually(() -> log.contains("asked"));
            end.countDown();
        }
    }

    @Test
    void shouldTearDownAgainWhatASetupOpensAfterItWasTornDown() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        Callable<?> slowly = () -> {
            hang();
            open.set(true);
            return null;
        };
        Scripted extension = scripted("a").onSetup(slowly).onTeardown(() -> {
            open.set(false);
            return null;
        });
        ExtensionSupervisor supervisor = inRealTime().extension(extension).build();
        supervisor.start();
        supervisor.close();
        eventually(() -> log.contains("torn down a"));
        end.countDown();
        eventually(() -> List.copyOf(log).equals(List.of("set up a", "torn down a", "torn down a")));
        eventually(() -> !open.get());
    }

    @Test
    void shouldTearDownWhatASupplierMakesTooLate() {
        ExtensionSupervisor supervisor = inRealTime()
                .extension("a", () -> {
                    hang();
                    return scripted("a");
                })
                .build();
        supervisor.start();
        supervisor.close();
        end.countDown();
        eventually(() -> List.copyOf(log).equals(List.of("set up a", "torn down a")));
    }

    @Test
    void shouldShowWhatReplacedAnInstanceThoughThatFailsLater() {
        shouldStayInItsState(ExtensionState.RUNNING, () -> null, () -> {
            throw new IOException("late");
        });
    }

    @Test
    void shouldShowThatTheReplacementFailedThoughWhatItReplacedComesUpLater() {
        shouldStayInItsState(
                ExtensionState.FAILED,
                () -> {
                    throw new IOException("early");
                },
                () -> null);
    }

    private void shouldStayInItsState(ExtensionState state, Callable<?> setup, Callable<?> endOfFirstSetup) {
        Queue<Scripted> made = new ConcurrentLinkedQueue<>();
        try (ExtensionSupervisor supervisor = inRealTime()
                .extension("a", () -> {
                    Scripted instance = scripted("a").onSetup(setup);
                    if (made.isEmpty()) {
                        instance.onSetup(() -> {
                            hang();
                            return endOfFirstSetup.call();
                        });
                    }
                    made.add(instance);
                    return instance;
                })
                .restart(RestartPolicy.OFF)
                .build()) {
            supervisor.start();
            supervisor.restart("a", "it hangs");
            eventually(() -> made.size() == 2 && state("a") == state);
            long tornDown = tornDown();
            end.countDown();
            eventually(() -> tornDown() > tornDown);
            eventually(() -> state("a") == state);
        }
    }

    private long tornDown() {
        return log.stream().filter("torn down a"::equals).count();
    }

    @Test
    void shouldFinalizeTheOtherEventsAndTearDownThoughOneFinalizeHangs() {
        Queue<Long> finalized = new ConcurrentLinkedQueue<>();
        Scripted extension = scripted("a").emit(1, 2, 3).onFinalize(id -> {
            if (id == 1) {
                hang();
            }
            finalized.add(id);
        });
        ExtensionSupervisor supervisor = inRealTime().extension(extension).build();
        supervisor.start();
        eventually(() -> delivered.size() == 3);
        supervisor.close();
        eventually(() -> log.contains("torn down a"));
        assertThat(finalized).containsExactly(2L, 3L);
    }

    @Test
    void shouldInterruptATeardownAtItsDeadlineAndSetTheOnlyInstanceUpAgain() {
        Scripted extension = scripted("a").onTeardown(() -> {
            new CountDownLatch(1).await();
            return null;
        });
        try (ExtensionSupervisor supervisor = inRealTime().extension(extension).build()) {
            supervisor.start();
            supervisor.restart("a", "by hand");
            eventually(() -> state("a") == ExtensionState.RUNNING);
            eventually(() -> captured.messages()
                    .contains("extension hangs: a: it did not stop within 400ms,"
                            + " and is not set up again before it does"));
        }
    }

    /** An extension that heeds no interrupt sets the flag again, as it should, but then returns an event. */
    @Test
    void shouldNotPassAnInterruptOfTheExtensionOnToTheSink() {
        Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
        Scripted extension = scripted("a");
        extension.onPoll(() -> {
            Thread.currentThread().interrupt();
            return extension.polls.get() == 1 ? new StepEvent("scripted", new byte[0], 1, null) : null;
        });
        try (ExtensionSupervisor supervisor = builder(delivery -> {
                    interrupted.add(Thread.currentThread().isInterrupted());
                    delivery.done();
                })
                .extension(extension)
                .build()) {
            supervisor.start();
            eventually(() -> !interrupted.isEmpty());
        }
        assertThat(interrupted).containsExactly(false);
    }
}
