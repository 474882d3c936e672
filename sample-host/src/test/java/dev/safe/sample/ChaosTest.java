package dev.safe.sample;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.sample.cell.CellState;
import dev.safe.sample.extension.UdpNetwork;
import dev.safe.sample.host.Cells;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** Every way to misbehave, in every phase: counted exactly, and no other cell notices. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "host.udp-port=0",
            "safe.extensions.chaos.phases.poll.quarantine.enabled=false",
            "safe.supervisor.restart.enabled=false"
        })
@DirtiesContext
@Timeout(60)
class ChaosTest {

    @LocalServerPort
    private int port;

    @Autowired
    private Cells cells;

    @Autowired
    private UdpNetwork udp;

    @Autowired
    private ExtensionGuard guard;

    private Client client;

    @BeforeEach
    void connect() {
        client = new Client(port);
    }

    @ParameterizedTest
    @CsvSource({
        "poll, runtime", "poll, error", "poll, linkage", "poll, stackoverflow", "poll, checked",
        "finalize, runtime", "finalize, error", "finalize, linkage", "finalize, stackoverflow", "finalize, checked",
        "host, runtime", "host, error", "host, linkage", "host, stackoverflow", "host, checked"
    })
    void shouldCountEachPanicAndGoOn(String phase, String kind) throws Exception {
        long before = phase(phase).panics();
        assertThat(client.chaos(phase, kind, 7).statusCode()).isEqualTo(200);
        awaitOrdersDone(phase);
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(phase(phase).panics()).isEqualTo(before + 7));
        assertThat(client.meter("safe_extension_panics_total", "chaos", phase)).isEqualTo(before + 7);
        assertEverybodyElseIsWell();
    }

    @ParameterizedTest
    @CsvSource({
        "setup, runtime", "setup, error", "setup, linkage", "setup, stackoverflow",
        "teardown, runtime", "teardown, error", "teardown, linkage", "teardown, stackoverflow"
    })
    void shouldCountAPanicOnTheNextRestart(String phase, String kind) throws Exception {
        long before = phase(phase).panics();
        client.chaos(phase, kind, 1);
        assertThat(restart()).isEqualTo(phase.equals("setup") ? "{\"ready\":false}" : "{\"ready\":true}");
        assertThat(phase(phase).panics()).isEqualTo(before + 1);
        assertThat(client.meter("safe_extension_panics_total", "chaos", phase)).isEqualTo(before + 1);
        assertEverybodyElseIsWell();
        assertThat(restart()).isEqualTo("{\"ready\":true}");
        assertThat(phase(phase).panics()).isEqualTo(before + 1);
        assertThat(client.post("/cells/victim", "back").body()).isEqualTo("back");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "teardown"})
    void shouldCountWhatIsDeclaredAsAnError(String phase) throws Exception {
        long panics = phase(phase).panics();
        long errors = phase(phase).errors();
        client.chaos(phase, "checked", 1);
        restart();
        assertThat(phase(phase).panics()).isEqualTo(panics);
        assertThat(phase(phase).errors()).isEqualTo(errors + 1);
        assertThat(client.meter("safe_extension_errors_total", "chaos", phase)).isEqualTo(errors + 1);
        assertThat(restart()).isEqualTo("{\"ready\":true}");
    }

    @Test
    void shouldShowWhatASetupReturned() throws Exception {
        client.chaos("setup", "checked", 1);
        assertThat(restart()).isEqualTo("{\"ready\":false}");
        assertThat(client.get("/actuator/extensions/chaos").body())
                .startsWith("{\"state\":\"FAILED\",")
                .contains("\"phase\":\"setup\",\"type\":\"java.io.IOException\",\"message\":\"chaos\"}");
        assertThat(restart()).isEqualTo("{\"ready\":true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll", "finalize", "host"})
    void shouldInterruptAHangWithinItsBudget(String phase) throws Exception {
        long before = phase(phase).overruns();
        long panics = phase(phase).panics();
        client.chaos(phase, "hang", 2);
        assertEverybodyElseIsWell();
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(phase(phase).overruns()).isEqualTo(before + 2));
        assertThat(phase(phase).panics()).isEqualTo(panics);
        awaitSteps(3);
        assertThat(cells.snapshots().get("victim").restarts()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "teardown"})
    void shouldInterruptARestartThatHangs(String phase) throws Exception {
        long before = phase(phase).overruns();
        client.chaos(phase, "hang", 1);
        assertThat(restart()).isEqualTo("{\"ready\":true}");
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(phase(phase).overruns()).isEqualTo(before + 1));
        assertEverybodyElseIsWell();
    }

    @Test
    void shouldMarkOnlyTheCellThatNeedsAnExtensionThatFailed() throws Exception {
        client.chaos("setup", "runtime", 2);
        assertThat(restart()).isEqualTo("{\"ready\":false}");
        assertThat(restart()).isEqualTo("{\"ready\":false}");
        assertThat(cells.snapshots().get("victim").state()).isEqualTo(CellState.FAILED);
        assertThat(client.post("/cells/victim", "hello").statusCode()).isEqualTo(503);
        assertEverybodyElseIsWell();
        assertThat(restart()).isEqualTo("{\"ready\":true}");
        awaitSteps(3);
    }

    @Test
    void shouldStopWhenToldTo() throws Exception {
        client.chaos("poll", "runtime", Integer.MAX_VALUE);
        await().atMost(10, SECONDS).until(() -> phase("poll").panics() > 0);
        client.chaos("poll", "runtime", 0);
        awaitSteps(3);
        long after = phase("poll").panics();
        awaitSteps(3);
        assertThat(phase("poll").panics()).isEqualTo(after);
    }

    private String restart() throws Exception {
        return client.post("/chaos/restart", "").body();
    }

    private void assertEverybodyElseIsWell() throws Exception {
        assertThat(client.post("/cells/echo", "hello").body()).isEqualTo("hello");
        assertThat(Client.udp(udp.port(), "hello")).isEqualTo("hello");
        assertThat(client.post("/cells/counter", "").body()).matches("\\d+");
    }

    private void awaitOrdersDone(String phase) {
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(client.get("/chaos").body())
                        .containsPattern("\"" + phase + "\":\\{[^}]*\"times\":0}"));
    }

    private void awaitSteps(int more) {
        long now = cells.snapshots().get("victim").steps();
        await().atMost(10, SECONDS).until(() -> cells.snapshots().get("victim").steps() >= now + more);
    }

    private PhaseSnapshot phase(String tag) {
        ExtensionSnapshot chaos = guard.snapshot("chaos").orElseThrow();
        return chaos.phase(Phase.valueOf(tag.toUpperCase(Locale.ROOT)));
    }
}
