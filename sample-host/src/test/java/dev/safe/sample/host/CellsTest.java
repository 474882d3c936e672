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
import dev.safe.sample.cell.CellSnapshot;
import dev.safe.sample.cell.CellState;
import dev.safe.sample.cell.ExtensionCalls;
import dev.safe.sample.cell.StepDeadline;
import dev.safe.sample.host.HostProperties.CellProperties;
import dev.safe.supervisor.ExtensionSupervisor;
import dev.safe.supervisor.RestartPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cells and a supervisor make a host. */
@Timeout(30)
class CellsTest implements ExtensionCalls {

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();
    private final StepDeadline deadline = new StepDeadline(Duration.ofMillis(100), Duration.ofSeconds(10));

    @AfterEach
    void close() {
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
        volatile boolean broken;

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
            if (broken) {
                throw new Exception("no licence");
            }
            log.add("setup " + name);
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
            log.add("teardown " + name + " after " + finished.size());
        }
    }

    @Test
    void shouldFinishEachEventOnceAndStopAfterTheExtensions() {
        Recorder all = new Recorder("all", null);
        Recorder nobody = new Recorder("nobody", "no-such-cell");
        Cells cells = cells(Map.of("one", List.of("all", "nobody"), "two", List.of("all")), all, nobody);
        cells.start();
        assertThat(cells.isRunning()).isTrue();
        try (ExtensionSupervisor supervisor = supervisor(cells, all, nobody)) {
            supervisor.start();
            assertThat(log).containsExactly("setup all", "setup nobody");
            all.wanted = 500;
            nobody.wanted = 500;
            await().atMost(10, SECONDS).until(() -> all.emitted.get() == 500 && nobody.emitted.get() == 500);
        }
        assertThat(log.subList(2, 4)).containsExactlyInAnyOrder("teardown all after 500", "teardown nobody after 500");
        assertThat(all.finished).doesNotHaveDuplicates().hasSize(500);
        assertThat(nobody.finished).doesNotHaveDuplicates().hasSize(500);
        assertThat(snapshot(cells, "one").steps()).isEqualTo(500);
        assertThat(snapshot(cells, "two").steps()).isEqualTo(500);
        assertThat(cells.extensions()).containsExactlyInAnyOrder("all", "nobody");
        assertThat(cells.events("all")).as("once, though two cells take them").isEqualTo(500);
        assertThat(cells.events("nobody")).as("though no cell takes them").isEqualTo(500);
        assertThat(cells.events("unknown")).isZero();
        cells.stop();
        assertThat(cells.isRunning()).isFalse();
        assertThat(snapshot(cells, "one").state()).isEqualTo(CellState.STOPPED);
    }

    @Test
    void shouldFailACellOnlyWhileAnExtensionThatFeedsItIsNotSetUp() {
        Recorder good = new Recorder("good", null);
        Recorder bad = new Recorder("bad", null);
        bad.broken = true;
        Cells cells = cells(Map.of("fed", List.of("good"), "hungry", List.of("good", "bad")), good, bad);
        cells.start();
        try (ExtensionSupervisor supervisor = supervisor(cells, good, bad)) {
            supervisor.start();
            assertThat(snapshot(cells, "fed").state()).isEqualTo(CellState.RUNNING);
            assertThat(snapshot(cells, "hungry").state()).isEqualTo(CellState.FAILED);
            assertThat(snapshot(cells, "hungry").failure()).isEqualTo("extension bad is not set up");
            assertThat(cells.isUp("good")).isTrue();
            assertThat(cells.isUp("bad")).isFalse();
            good.wanted = 3;
            await().atMost(10, SECONDS).until(() -> good.finished.size() == 3);
            assertThat(snapshot(cells, "fed").steps()).isEqualTo(3);
            assertThat(snapshot(cells, "hungry").events()).isZero();

            bad.broken = false;
            supervisor.restart("bad", "it has a licence now");
            assertThat(snapshot(cells, "hungry").state()).isEqualTo(CellState.RUNNING);
            assertThat(snapshot(cells, "hungry").failure()).isNull();
            good.wanted = 5;
            await().atMost(10, SECONDS).until(() -> good.finished.size() == 5);
            assertThat(snapshot(cells, "hungry").steps()).isEqualTo(2);
        }
        cells.stop();
    }

    @Test
    void shouldFindTheCellsThatAnExtensionFeeds() {
        Cells cells = cells(Map.of("one", List.of("all")), new Recorder("all", null), new Recorder("idle", null));
        assertThat(cells.find("one", "all"))
                .hasValueSatisfying(cell -> assertThat(cell.name()).isEqualTo("one"));
        assertThat(cells.find("one", "idle")).isEmpty();
        assertThat(cells.find("one", "unknown")).isEmpty();
        assertThat(cells.find("two", "all")).isEmpty();
    }

    @Test
    void shouldRefuseAnExtensionThatThereIsNot() {
        assertThatThrownBy(() -> cells(Map.of("one", List.of("nothing")), new Recorder("all", null)))
                .hasMessage("Property host.cells.one.extensions with value 'nothing' is invalid: "
                        + "There is no such extension. There are [all].");
    }

    private static CellSnapshot snapshot(Cells cells, String cell) {
        CellSnapshot snapshot = cells.snapshots().get(cell);
        assertThat(snapshot).as(cell).isNotNull();
        return snapshot;
    }

    private ExtensionSupervisor supervisor(Cells cells, ExtensionCapability... extensions) {
        ExtensionSupervisor.Builder builder =
                ExtensionSupervisor.builder(guard, cells).restart(RestartPolicy.OFF);
        for (ExtensionCapability extension : extensions) {
            builder.extension(extension);
        }
        return builder.build();
    }

    private Cells cells(Map<String, List<String>> feeds, ExtensionCapability... extensions) {
        Map<String, CellProperties> properties = new LinkedHashMap<>();
        Map<String, Cell> cells = new LinkedHashMap<>();
        feeds.forEach((cell, names) -> {
            properties.put(cell, new CellProperties("echo", names));
            cells.put(cell, new Cell(cell, "echo", 1_024, deadline, guard, this));
        });
        return new Cells(properties(properties), List.of(extensions), guard, cells);
    }

    private static HostProperties properties(Map<String, CellProperties> cells) {
        Duration second = Duration.ofSeconds(1);
        return new HostProperties(
                cells, 1_024, 8_192, second, second, second, second, "127.0.0.1", 0, Path.of("target/storage"));
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
