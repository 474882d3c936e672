package dev.safe.sample.host;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.CellState;
import dev.safe.sample.cell.ExtensionCalls;
import dev.safe.sample.cell.StepDeadline;
import dev.safe.sample.host.HostProperties.CellProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HostTest implements ExtensionCalls {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();
    private final StepDeadline deadline = new StepDeadline(Duration.ofMillis(100));
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        deadline.close();
        guard.close();
    }

    /** Emits as many events as it is asked for, and notes what is done with it. */
    private class Recorder implements ExtensionCapability {

        private final String name;
        private final @Nullable String cell;
        final AtomicLong emitted = new AtomicLong();
        final List<Long> finished = new CopyOnWriteArrayList<>();
        volatile long wanted;

        Recorder(String name, @Nullable String cell) {
            this.name = name;
            this.cell = cell;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void setup(SetupEnv env) throws Exception {
            told.add("setup " + name);
        }

        @Override
        public @Nullable StepEvent poll() {
            return emitted.get() == wanted
                    ? null
                    : new StepEvent("http.request", new byte[0], emitted.incrementAndGet(), cell);
        }

        @Override
        public void finalizeStep(long id) {
            finished.add(id);
        }

        @Override
        public void teardown(TeardownContext context) {
            told.add("teardown " + name + " after " + finished.size());
        }
    }

    @Test
    void shouldFinishEachEventOnceAndTearDownLast() {
        Recorder all = new Recorder("all", null);
        Recorder nobody = new Recorder("nobody", "no-such-cell");
        Host host = host(Map.of("one", List.of("all", "nobody"), "two", List.of("all")), all, nobody);
        host.start();
        assertThat(told).containsExactly("setup all", "setup nobody");
        assertThat(host.isRunning()).isTrue();
        all.wanted = 500;
        nobody.wanted = 500;
        await().atMost(10, SECONDS).until(() -> all.emitted.get() == 500 && nobody.emitted.get() == 500);
        host.stop();
        assertThat(host.isRunning()).isFalse();
        assertThat(all.finished).doesNotHaveDuplicates().hasSize(500);
        assertThat(nobody.finished).doesNotHaveDuplicates().hasSize(500);
        assertThat(told.subList(2, 4)).containsExactlyInAnyOrder("teardown all after 500", "teardown nobody after 500");
        assertThat(host.cells().get("one").state()).isEqualTo(CellState.STOPPED);
    }

    @Test
    void shouldGoOnWithoutAnExtensionThatCannotBeSetUp() {
        Recorder good = new Recorder("good", null);
        Recorder bad = new Recorder("bad", null) {
            @Override
            public void setup(SetupEnv env) throws Exception {
                throw new Exception("no licence");
            }
        };
        Host host = host(Map.of("fed", List.of("good"), "hungry", List.of("good", "bad")), good, bad);
        host.start();
        assertThat(host.cells().get("fed").state()).isEqualTo(CellState.RUNNING);
        assertThat(host.cells().get("hungry").state()).isEqualTo(CellState.FAILED);
        assertThat(host.cells().get("hungry").snapshot().failure()).isEqualTo("extension bad could not be set up");
        good.wanted = 3;
        bad.wanted = 3;
        await().atMost(10, SECONDS).until(() -> good.finished.size() == 3);
        host.stop();
        assertThat(bad.emitted).as("polls of what is not set up").hasValue(0);
        assertThat(host.cells().get("fed").snapshot().steps()).isEqualTo(3);
        assertThat(host.cells().get("hungry").snapshot().dropped()).isEqualTo(3);
    }

    @Test
    void shouldNotWaitForATeardownThatHangs() {
        Recorder hanging = new Recorder("hanging", null) {
            @Override
            public void teardown(TeardownContext context) {
                awaitRelease();
            }
        };
        Recorder other = new Recorder("other", null);
        Host host = host(Map.of("one", List.of("hanging", "other")), hanging, other);
        host.start();
        Instant before = Instant.now();
        host.stop();
        assertThat(Duration.between(before, Instant.now())).isLessThan(PATIENCE.multipliedBy(3));
        assertThat(told).contains("teardown other after 0");
    }

    @Test
    void shouldNotWaitForAPollThatHangs() {
        Recorder hanging = new Recorder("hanging", null) {
            @Override
            public @Nullable StepEvent poll() {
                awaitRelease();
                return null;
            }
        };
        Recorder other = new Recorder("other", null);
        Host host = host(Map.of("one", List.of("hanging", "other")), hanging, other);
        host.start();
        other.wanted = 5;
        await().atMost(10, SECONDS).until(() -> other.finished.size() == 5);
        Instant before = Instant.now();
        host.stop();
        assertThat(Duration.between(before, Instant.now())).isLessThan(PATIENCE.multipliedBy(3));
        assertThat(told).contains("teardown other after 5");
    }

    @Test
    void shouldGoOnWhereThePolicyIsToThrow() {
        Recorder rude = new Recorder("rude", null) {
            @Override
            public @Nullable StepEvent poll() {
                StepEvent event = super.poll();
                if (event != null && event.id() % 2 == 0) {
                    throw new IllegalStateException("rude poll");
                }
                return event;
            }

            @Override
            public void finalizeStep(long id) {
                super.finalizeStep(id);
                throw new IllegalStateException("rude finalizeStep");
            }
        };
        Cell cell = new Cell("one", "echo", 1_024, deadline, guard, this);
        Host host = new Host(
                properties(Map.of("one", new CellProperties("echo", List.of("rude")))),
                List.of(rude), // as if unguarded: whatever it throws gets here
                Map.of("one", cell));
        host.start();
        rude.wanted = 10;
        await().atMost(10, SECONDS).until(() -> rude.finished.size() == 5);
        host.stop();
        assertThat(cell.snapshot().steps()).isEqualTo(5);
        assertThat(rude.finished).containsExactly(1L, 3L, 5L, 7L, 9L);
    }

    @Test
    void shouldRefuseAnExtensionThatThereIsNot() {
        assertThatThrownBy(() -> host(Map.of("one", List.of("nothing")), new Recorder("all", null)))
                .hasMessage("Property host.cells.one.extensions with value 'nothing' is invalid: "
                        + "There is no such extension. There are [all].");
    }

    private Host host(Map<String, List<String>> feeds, ExtensionCapability... extensions) {
        Map<String, CellProperties> properties = new LinkedHashMap<>();
        Map<String, Cell> cells = new LinkedHashMap<>();
        feeds.forEach((cell, names) -> {
            properties.put(cell, new CellProperties("echo", names));
            cells.put(cell, new Cell(cell, "echo", 1_024, deadline, guard, this));
        });
        List<ExtensionCapability> guarded =
                java.util.Arrays.stream(extensions).map(guard::guarded).toList();
        return new Host(properties(properties), guarded, cells);
    }

    private static HostProperties properties(Map<String, CellProperties> cells) {
        Duration second = Duration.ofSeconds(1);
        return new HostProperties(
                cells, 1_024, 8_192, second, second, PATIENCE, second, "127.0.0.1", 0, Path.of("target/storage"));
    }

    /** Deaf to interrupts. */
    private void awaitRelease() {
        while (release.getCount() > 0) {
            Thread.interrupted();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public boolean reply(StepEvent request, byte[] body) {
        return true;
    }

    @Override
    public boolean send(StepEvent packet, byte[] payload) {
        return false;
    }

    @Override
    public int chaos() {
        return 0;
    }
}
