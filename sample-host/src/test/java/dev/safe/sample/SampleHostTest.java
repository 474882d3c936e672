package dev.safe.sample;

import static dev.safe.sample.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.sample.extension.UdpNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** The host as it is started, over real sockets. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "host.udp-port=0",
            "host.cells.broken.module=nothing",
            "host.cells.broken.extensions=transport.http",
            "safe.phases.poll.quarantine.initial-backoff=200ms",
            "safe.phases.poll.quarantine.max-backoff=400ms"
        })
@DirtiesContext
class SampleHostTest {

    @LocalServerPort
    private int port;

    @Autowired
    private UdpNetwork udp;

    @Autowired
    private ExtensionGuard guard;

    private Client client() {
        return new Client(port);
    }

    private PhaseSnapshot chaos(Phase phase) {
        return guard.snapshot("chaos").orElseThrow().phase(phase);
    }

    @AfterEach
    void othersShouldNotHaveNoticed() throws Exception {
        for (Phase phase : Phase.values()) {
            client().chaos(phase.tag(), "runtime", 0);
        }
        assertThat(client().post("/cells/echo", "still here").body()).isEqualTo("still here");
        assertThat(Client.udp(udp.port(), "still here")).isEqualTo("still here");
        guard.quarantine("chaos", Phase.POLL, "so that the release forgets the panics of this test");
        guard.release("chaos", Phase.POLL);
    }

    @Test
    void shouldAnswerWhatTheCellReplies() throws Exception {
        assertThat(client().post("/cells/echo", "hello").body()).isEqualTo("hello");
        assertThat(client().post("/cells/echo", "").statusCode()).isEqualTo(200);
        int first = Integer.parseInt(client().post("/cells/counter", "").body());
        eventually(() -> assertThat(
                        Integer.parseInt(client().post("/cells/counter", "").body()))
                .isGreaterThan(first + 10));
        assertThat(Client.udp(udp.port(), "ping")).isEqualTo("ping");
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        assertThat(client().post("/cells/nobody", "x").statusCode()).isEqualTo(404);
        assertThat(client().post("/cells/broken", "x").statusCode()).isEqualTo(503);
        assertThat(client().post("/cells/echo", "x".repeat(8_193)).statusCode()).isEqualTo(413);
        assertThat(client().post("/cells/echo", "x".repeat(8_192)).statusCode()).isEqualTo(200);
        assertThat(Client.udp(udp.port(), "x".repeat(8_193)))
                .isEqualTo("a packet must have at most 8192 bytes, got 8193");
        assertThat(client().get("/cells").body())
                .contains("\"broken\":{\"state\":\"FAILED\"")
                .contains("there is no module /cells/nothing.wasm");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "{}",
                "{\"phase\":\"poll\",\"kind\":\"runtime\"}",
                "{\"phase\":\"lunch\",\"kind\":\"runtime\",\"times\":1}",
                "{\"phase\":\"poll\",\"kind\":\"tired\",\"times\":1}",
                "{\"phase\":\"poll\",\"kind\":\"runtime\",\"times\":-1}",
                "{\"phase\":\"poll\",\"kind\":\"runtime\",\"times\":1.5}",
                "{\"phase\":\"poll\",\"kind\":\"runtime\",\"times\":\"1\"}",
                "{\"phase\":\"poll\",\"kind\":\"runtime\",\"times\":99999999999}",
                "{\"phase\":\"poll\",\"kind\":\"runtime\",\"times\":1,\"extra\":1}"
            })
    void shouldRefuseAMalformedOrder(String body) throws Exception {
        var answer = client().postJson("/chaos", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"message\":\"");
    }

    @Test
    void shouldInstantiateATrappedCellAnew() throws Exception {
        assertThat(client().post("/cells/victim", "trap").statusCode()).isEqualTo(502);
        assertThat(client().post("/cells/victim", "back again").body()).isEqualTo("back again");
        assertThat(client().get("/cells").body()).contains("\"restarts\":");
    }

    @Test
    void shouldEndARunawayCell() throws Exception {
        assertThat(client().post("/cells/victim", "loop").statusCode()).isEqualTo(502);
        assertThat(client().post("/cells/victim", "back again").body()).isEqualTo("back again");
    }

    @ParameterizedTest
    @CsvSource({
        "poll, runtime",
        "poll, error",
        "poll, linkage",
        "poll, stackoverflow",
        "poll, checked",
        "finalize, runtime",
        "finalize, stackoverflow",
        "finalize, checked",
        "host, runtime",
        "host, linkage",
        "host, stackoverflow",
        "host, checked"
    })
    void shouldContainEveryKindOfChaos(String phase, String kind) throws Exception {
        Phase entryPoint = Phase.valueOf(phase.toUpperCase(java.util.Locale.ROOT));
        long before = chaos(entryPoint).panics();
        client().chaos(phase, kind, 3);
        eventually(() -> assertThat(chaos(entryPoint).panics()).isEqualTo(before + 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll", "finalize", "host"})
    void shouldInterruptAHang(String phase) throws Exception {
        Phase entryPoint = Phase.valueOf(phase.toUpperCase(java.util.Locale.ROOT));
        long before = chaos(entryPoint).overruns();
        client().chaos(phase, "hang", 1);
        eventually(() -> assertThat(chaos(entryPoint).overruns()).isEqualTo(before + 1));
        eventually(
                () -> assertThat(guard.snapshot("chaos").orElseThrow().state()).isEqualTo(ExtensionState.RUNNING));
    }

    @Test
    void shouldShowChaosInSetupAndTeardown() throws Exception {
        long panics = chaos(Phase.TEARDOWN).panics();
        client().chaos("teardown", "error", 1);
        client().chaos("setup", "linkage", 1);
        assertThat(client().postJson("/chaos/restart", "").body()).isEqualTo("{\"ready\":false}");
        assertThat(chaos(Phase.TEARDOWN).panics()).isEqualTo(panics + 1);
        assertThat(guard.snapshot("chaos").orElseThrow().state()).isEqualTo(ExtensionState.FAILED);
        assertThat(client().post("/cells/victim", "x").statusCode()).isEqualTo(503);
        assertThat(client().postJson("/chaos/restart", "").body()).isEqualTo("{\"ready\":true}");
        assertThat(client().post("/cells/victim", "x").body()).isEqualTo("x");
    }

    @Test
    void shouldQuarantineChaosAndLetItComeBack() throws Exception {
        long before = chaos(Phase.POLL).panics();
        client().chaos("poll", "runtime", 6);
        eventually(() ->
                assertThat(client().get("/actuator/extensions/chaos").body()).contains("\"state\":\"QUARANTINED\""));
        assertThat(chaos(Phase.POLL).panics()).isBetween(before + 5, before + 6);
        eventually(
                () -> assertThat(guard.snapshot("chaos").orElseThrow().state()).isEqualTo(ExtensionState.RUNNING));
        assertThat(chaos(Phase.POLL).panics()).isEqualTo(before + 6);
        assertThat(client().get("/actuator/metrics/safe.extension.rejected?tag=extension:chaos&tag=phase:poll")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldBeQuarantinedAndReleasedByAnOperator() throws Exception {
        assertThat(client().postJson(
                                "/actuator/extensions/chaos",
                                "{\"action\":\"quarantine\",\"phase\":\"poll\",\"reason\":\"ticket 4711\"}")
                        .body())
                .contains("\"reason\":\"ticket 4711\"");
        assertThat(client().get("/actuator/prometheus").body())
                .contains("safe_extension_quarantined{extension=\"chaos\",phase=\"poll\"} 1.0");
        client().postJson("/actuator/extensions/chaos", "{\"action\":\"release\",\"phase\":\"poll\"}");
        assertThat(client().get("/actuator/prometheus").body())
                .contains("safe_extension_quarantined{extension=\"chaos\",phase=\"poll\"} 0.0");
    }
}
