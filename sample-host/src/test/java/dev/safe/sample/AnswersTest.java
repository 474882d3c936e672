package dev.safe.sample;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.extension.UdpNetwork;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** Every answer that the host gives, over real sockets. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "host.udp-port=0",
            "host.tick=20ms",
            "host.step-deadline=3s",
            "host.reply-deadline=500ms",
            "host.cells.broken.module=missing",
            "host.cells.broken.extensions=transport.http",
            "host.cells.deaf.module=echo",
            "host.cells.deaf.extensions=time.tick"
        })
@DirtiesContext
@Timeout(60)
class AnswersTest {

    @LocalServerPort
    private int port;

    @Autowired
    private UdpNetwork udp;

    private Client client;

    @BeforeEach
    void connect() {
        client = new Client(port);
    }

    @Test
    void shouldAnswerWithWhatTheCellReplies() throws Exception {
        HttpResponse<String> answer = client.post("/cells/echo", "hello");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(client.post("/cells/echo", "").body()).isEmpty();
    }

    @Test
    void shouldEchoADatagram() throws Exception {
        assertThat(Client.udp(udp.port(), "hello")).isEqualTo("hello");
        assertThat(Client.udp(udp.port(), "")).isEmpty();
    }

    @Test
    void shouldCountTheEventsOfEachExtension() throws Exception {
        double requests = client.events("transport.http");
        double packets = client.events("network.udp");
        client.post("/cells/echo", "hello");
        client.post("/cells/nowhere", "hello");
        Client.udp(udp.port(), "hello");
        assertThat(client.events("transport.http")).isEqualTo(requests + 1);
        assertThat(client.events("network.udp")).isEqualTo(packets + 1);
        await().atMost(10, SECONDS).until(() -> client.events("time.tick") > 0);
    }

    @Test
    void shouldCountTicksAndRequests() {
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(
                        client.post("/cells/counter", "").body())
                .matches("\\d+")
                .satisfies(count -> assertThat(Integer.parseInt(count)).isGreaterThan(20)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "deaf"})
    void shouldKnowNoOtherCells(String cell) throws Exception {
        HttpResponse<String> answer = client.post("/cells/" + cell, "hello");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("there is no such cell that takes requests\n");
    }

    @Test
    void shouldBeUnavailableWhereACellFailedToStart() throws Exception {
        HttpResponse<String> answer = client.post("/cells/broken", "hello");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("there is no module /cells/missing.wasm");
    }

    @Test
    void shouldGiveUpPastTheDeadline() throws Exception {
        HttpResponse<String> answer = client.post("/cells/victim", "loop");
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).isEqualTo("the cell did not answer in time\n");
        await().atMost(20, SECONDS)
                .untilAsserted(() ->
                        assertThat(client.post("/cells/victim", "again").body()).isEqualTo("again"));
    }

    @Test
    void shouldSayThatACellTrapped() throws Exception {
        await().atMost(20, SECONDS)
                .until(() -> client.post("/cells/victim", "ready?").statusCode() == 200);
        HttpResponse<String> answer = client.post("/cells/victim", "trap");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(client.post("/cells/victim", "again").body()).isEqualTo("again");
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() throws Exception {
        HttpResponse<String> answer = client.post("/cells/echo", "x".repeat(8193));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("a body must have at most 8192 bytes\n");
        assertThat(client.post("/cells/echo", "x".repeat(8192)).body()).hasSize(8192);
    }

    @Test
    void shouldAnswerADatagramThatIsTooLarge() throws Exception {
        assertThat(Client.udp(udp.port(), "x".repeat(8193)))
                .isEqualTo("a packet must have at most 8192 bytes, got 8193");
        assertThat(udp.oversized()).isEqualTo(1);
        assertThat(client.get("/actuator/prometheus").body()).contains("host_udp_oversized_total 1.0");
        assertThat(Client.udp(udp.port(), "x".repeat(8192))).hasSize(8192);
    }

    @Test
    void shouldShowEachCell() throws Exception {
        assertThat(client.get("/cells").body())
                .contains("\"echo\":{\"state\":\"RUNNING\",\"steps\":")
                .contains("\"counter\":{\"state\":\"RUNNING\"")
                .contains("\"victim\":{\"state\":\"RUNNING\"")
                .contains("\"broken\":{\"state\":\"FAILED\",\"steps\":0,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "poll",
                "{\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": 1} x",
                "{\"phase\": \"poll\", \"kind\": \"runtime\"}",
                "{\"phase\": \"poll\", \"times\": 1}",
                "{\"kind\": \"runtime\", \"times\": 1}",
                "{\"phase\": \"POLL\", \"kind\": \"runtime\", \"times\": 1}",
                "{\"phase\": null, \"kind\": \"runtime\", \"times\": 1}",
                "{\"phase\": {}, \"kind\": \"runtime\", \"times\": 1}",
                "{\"phase\": \"poll\", \"kind\": \"fire\", \"times\": 1}",
                "{\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": -1}",
                "{\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": 1.5}",
                "{\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": \"1\"}",
                "{\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": 3000000000}",
                "{\"phase\": \"poll\", \"kind\": \"runtime\", \"times\": 1, \"more\": 1}"
            })
    void shouldRefuseAMalformedOrder(String order) throws Exception {
        HttpResponse<String> answer = client.postJson("/chaos", order);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"message\":\"").doesNotContain("\"message\":\"\"");
        assertThat(client.get("/chaos").body()).isEqualTo("{}");
    }

    @Test
    void shouldSayWhatIsWrongWithAnOrder() throws Exception {
        assertThat(client.chaos("never", "runtime", 1).body())
                .isEqualTo("{\"message\":\"'phase' must be one of setup, poll, finalize, teardown, host, got never\"}");
        assertThat(client.chaos("poll", "runtime", -1).body())
                .isEqualTo("{\"message\":\"'times' must be a whole number from 0 to 2147483647, got -1\"}");
        assertThat(client.post("/chaos", "phase=poll").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"health", "metrics", "prometheus", "extensions"})
    void shouldExpose(String endpoint) throws Exception {
        assertThat(client.get("/actuator/" + endpoint).statusCode()).isEqualTo(200);
    }
}
