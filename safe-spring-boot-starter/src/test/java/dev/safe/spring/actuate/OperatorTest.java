package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.spring.testing.Panicking;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What an operator does, over a real socket. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.extensions.access=unrestricted",
            "management.endpoint.health.show-details=always"
        })
class OperatorTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToEverybody.class)
    static class Host {
        @Bean
        Panicking udp() {
            return new Panicking("network.udp", "secret boom");
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Panicking udp;

    @Autowired
    private ExtensionGuard guard;

    private HttpResponse<String> get(String path) throws Exception {
        return new EndpointClient(port).get(path);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return new EndpointClient(port).post(path, body);
    }

    @Test
    void shouldShowWatchQuarantineAndRelease() throws Exception {
        assertThat(get("extensions").body()).contains("\"network.udp\":{\"state\":\"NEW\",\"phases\":{\"setup\":{");
        assertThat(get("prometheus").body())
                .contains("safe_extension_panics_total{extension=\"network.udp\",phase=\"host\"} 0.0");

        for (int i = 0; i < 7; i++) {
            assertThat(udp.poll()).isNull();
        }
        assertThat(get("extensions/network.udp").body())
                .contains("\"state\":\"QUARANTINED\"")
                .contains("\"poll\":{\"panics\":5,\"errors\":0,\"overruns\":0,\"rejected\":2,"
                        + "\"quarantine\":{\"state\":\"QUARANTINED\",\"trips\":1,\"until\":\"")
                .contains("\"type\":\"java.lang.IllegalStateException\",\"message\":null,\"fingerprint\":\"")
                .contains("\"count\":5,\"frames\":[]")
                .doesNotContain("secret");
        assertThat(get("prometheus").body())
                .contains("safe_extension_panics_total{extension=\"network.udp\",phase=\"poll\"} 5.0")
                .contains("safe_extension_rejected_total{extension=\"network.udp\",phase=\"poll\"} 2.0")
                .contains("safe_extension_quarantines_total{extension=\"network.udp\",phase=\"poll\"} 1.0")
                .contains("safe_extension_quarantined{extension=\"network.udp\",phase=\"poll\"} 1.0");
        assertThat(get("metrics/safe.extension.panics?tag=phase:poll").body()).contains("\"value\":5.0");
        assertThat(get("health").body())
                .contains("\"extensions\":{\"details\":{\"network.udp\":\"QUARANTINED\"},\"status\":\"UP\"");

        HttpResponse<String> released = post("extensions/network.udp", "{\"action\":\"release\",\"phase\":\"poll\"}");
        assertThat(released.statusCode()).isEqualTo(200);
        assertThat(released.body()).contains("\"state\":\"RUNNING\"");

        HttpResponse<String> quarantined = post(
                "extensions/network.udp",
                "{\"action\":\"quarantine\",\"phase\":\"finalize\",\"reason\":\"leaks\\nbadly\"}");
        assertThat(quarantined.body())
                .contains("{\"state\":\"QUARANTINED\",\"trips\":0,\"until\":null,\"reason\":\"leaks\\\\nbadly\"}");
        guard.release("network.udp", dev.safe.Phase.FINALIZE);
    }
}
