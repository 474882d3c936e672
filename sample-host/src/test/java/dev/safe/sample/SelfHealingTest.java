package dev.safe.sample;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.extension.UdpNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** What only a restart mends, the supervisor mends, and no other cell notices. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "host.udp-port=0",
            "safe.phases.poll.quarantine.initial-backoff=20ms",
            "safe.phases.poll.quarantine.max-backoff=20ms",
            "safe.supervisor.restart.initial-backoff=20ms",
            "safe.supervisor.restart.max-backoff=40ms",
            "safe.supervisor.restart.max-restarts=1000"
        })
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class SelfHealingTest {

    @LocalServerPort
    private int port;

    @Autowired
    private UdpNetwork udp;

    private Client client;

    @BeforeEach
    void connect() {
        client = new Client(port);
    }

    @AfterEach
    void othersShouldNotHaveNoticed() throws Exception {
        assertThat(client.post("/cells/echo", "still here").body()).isEqualTo("still here");
        assertThat(Client.udp(udp.port(), "still here")).isEqualTo("still here");
        assertThat(client.restarts("network.udp")).isZero();
        assertThat(client.restarts("transport.http")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime", "error", "linkage", "stackoverflow", "checked"})
    void shouldMendAPollThatIsBrokenUntilARestart(String kind, CapturedOutput output) throws Exception {
        double restarts = client.restarts("chaos");
        double panics = client.meter("safe_extension_panics_total", "chaos", "poll");
        assertThat(client.chaosUntilRestart("poll", kind).statusCode()).isEqualTo(200);
        awaitRestarts(restarts + 1);
        awaitVictim();
        assertThat(client.get("/chaos").body()).doesNotContain("restart");
        assertThat(client.meter("safe_extension_panics_total", "chaos", "poll"))
                .as(
                        "five that trip, and the two probes after which it is restarted, or more if the restart takes its time")
                .isGreaterThanOrEqualTo(panics + 5 + 2);
        assertThat(output).contains("extension restarted: chaos: the probe panicked: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtime", "error", "linkage", "stackoverflow", "checked"})
    void shouldSetUpAgainUntilThatWorks(String kind, CapturedOutput output) throws Exception {
        double restarts = client.restarts("chaos");
        client.chaos("setup", kind, 3);
        client.post("/chaos/restart", "");
        awaitRestarts(restarts + 1 + 3);
        awaitVictim();
        assertThat(client.get("/chaos").body()).contains("\"times\":0}");
        assertThat(output).contains("extension restarted: chaos: setup failed: ");
    }

    @Test
    void shouldMendBothAtOnce() throws Exception {
        double restarts = client.restarts("chaos");
        client.chaos("setup", "linkage", 2);
        client.chaos("teardown", "hang", 1);
        client.chaosUntilRestart("poll", "linkage");
        awaitRestarts(restarts + 3);
        awaitVictim();
    }

    @Test
    void shouldShowAndRefuseOrdersThatLastUntilARestart() throws Exception {
        assertThat(client.chaosUntilRestart("teardown", "runtime").body())
                .contains("\"teardown\":{\"kind\":\"RUNTIME\",\"until\":\"restart\"}");
        assertThat(client.post("/chaos/restart", "").body()).isEqualTo("{\"ready\":true}");
        assertThat(client.get("/chaos").body()).doesNotContain("restart");
        assertThat(client.postJson("/chaos", "{\"phase\":\"poll\",\"kind\":\"error\",\"until\":\"tomorrow\"}")
                        .body())
                .isEqualTo("{\"message\":\"'until' must be restart, got tomorrow\"}");
        assertThat(client.postJson(
                                "/chaos", "{\"phase\":\"poll\",\"kind\":\"error\",\"until\":\"restart\",\"times\":1}")
                        .body())
                .isEqualTo("{\"message\":\"'times' must not be given with 'until'\"}");
    }

    private void awaitRestarts(double atLeast) {
        await().atMost(20, SECONDS).until(() -> client.restarts("chaos") >= atLeast);
    }

    private void awaitVictim() {
        await().atMost(20, SECONDS)
                .until(() -> client.post("/cells/victim", "back").statusCode() == 200
                        && client.get("/actuator/extensions/chaos").body().startsWith("{\"state\":\"RUNNING\","));
    }
}
