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

    @LocalServerPort
    private int port;

    @Autowired
    private UdpNetwork udp;

    @Autowired
    private ExtensionGuard guard;

    @Test
    void shouldLoseNothingWhileAnotherExtensionPanicsAtFullSpeed() throws Exception {
        Client client = new Client(port);
        int ordered = 10_000_000;
        assertThat(client.chaos("poll", "runtime", ordered).statusCode()).isEqualTo(200);
        long start = System.nanoTime();
        int requests = 0;
        while (System.nanoTime() - start < LENGTH.toNanos()) {
            requests++;
            HttpResponse<String> answer = client.post("/cells/echo", "request " + requests);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("request " + requests);
            assertThat(Client.udp(udp.port(), "packet " + requests)).isEqualTo("packet " + requests);
        }
        client.chaos("poll", "runtime", 0);
        String orders = client.get("/chaos").body();
        assertThat(orders).isEqualTo("{\"poll\":{\"kind\":\"RUNTIME\",\"times\":0}}");

        assertThat(panics("chaos", Phase.POLL)).isGreaterThan(1_000);
        for (Phase phase : Phase.values()) {
            assertThat(panics("network.udp", phase)).isZero();
            assertThat(panics("transport.http", phase)).isZero();
        }
        assertThat(client.get("/cells").body())
                .contains("\"echo\":{\"state\":\"RUNNING\",\"steps\":%d,\"events\":%d,\"replies\":%d,\"dropped\":0"
                        .formatted(2 * requests, 2 * requests, 2 * requests));
    }

    @Test
    void shouldCountExactlyWhatWasAskedFor() throws Exception {
        Client client = new Client(port);
        long before = panics("chaos", Phase.POLL);
        assertThat(client.chaos("poll", "linkage", 2_500).statusCode()).isEqualTo(200);
        Eventually.eventually(
                () -> assertThat(client.get("/chaos").body()).contains("\"poll\":{\"kind\":\"LINKAGE\",\"times\":0}"));
        Eventually.eventually(() -> assertThat(panics("chaos", Phase.POLL)).isEqualTo(before + 2_500));
        assertThat(client.get("/actuator/prometheus").body())
                .contains(
                        "safe_extension_panics_total{extension=\"chaos\",phase=\"poll\"} " + (double) (before + 2_500));
    }

    private long panics(String extension, Phase phase) {
        ExtensionSnapshot snapshot = guard.snapshot(extension).orElseThrow();
        return snapshot.phase(phase).panics();
    }
}
