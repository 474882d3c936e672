package dev.safe.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.sample.extension.UdpNetwork;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** One extension panics as fast as it is polled; the others do not notice. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"host.udp-port=0", "safe.extensions[chaos].phases.poll.quarantine.enabled=false"})
@DirtiesContext
class FullSpeedChaosTest {

    private static final Duration LENGTH = Duration.ofSeconds(10);

    private static final int BATCH = 1_000;

    @LocalServerPort
    private int port;

    @Autowired
    private UdpNetwork udp;

    @Autowired
    private ExtensionGuard guard;

    @Test
    void shouldLoseNothingWhileAnotherExtensionPanicsAtFullSpeed() throws Exception {
        Client client = new Client(port);
        long start = System.nanoTime();
        int requests = 0;
        int ordered = 0;
        while (System.nanoTime() - start < LENGTH.toNanos()) {
            if (panics("chaos", Phase.POLL) == ordered) {
                ordered += BATCH;
                assertThat(client.chaos("poll", "runtime", BATCH).statusCode()).isEqualTo(200);
            }
            requests++;
            HttpResponse<String> answer = client.post("/cells/echo", "request " + requests);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("request " + requests);
            assertThat(Client.udp(udp.port(), "packet " + requests)).isEqualTo("packet " + requests);
        }
        assertThat(ordered).isGreaterThan(BATCH);
        int asked = ordered;
        Eventually.eventually(() -> assertThat(panics("chaos", Phase.POLL)).isEqualTo(asked));
        assertThat(client.get("/chaos").body()).isEqualTo("{\"poll\":{\"kind\":\"RUNTIME\",\"times\":0}}");
        assertThat(client.meter("safe_extension_panics_total", "chaos", "poll")).isEqualTo(asked);
        for (Phase phase : Phase.values()) {
            assertThat(panics("network.udp", phase)).isZero();
            assertThat(panics("transport.http", phase)).isZero();
        }
        int events = 2 * requests;
        Eventually.eventually(() -> assertThat(client.get("/cells").body())
                .contains("\"echo\":{\"state\":\"RUNNING\",\"steps\":%d,\"events\":%d,\"replies\":%d,\"dropped\":0"
                        .formatted(events, events, events)));
    }

    private long panics(String extension, Phase phase) {
        ExtensionSnapshot snapshot = guard.snapshot(extension).orElseThrow();
        return snapshot.phase(phase).panics();
    }
}
