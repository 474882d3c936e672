package dev.safe.sample;

import static dev.safe.sample.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import de.codecentric.boot.admin.client.registration.ApplicationRegistrator;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.sample.extension.UdpNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
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

    @Autowired
    private ObjectProvider<ApplicationRegistrator> registrator;

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
    void shouldRegisterNowhereUnlessAServerIsConfigured() {
        assertThat(registrator.stream()).isEmpty();
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
