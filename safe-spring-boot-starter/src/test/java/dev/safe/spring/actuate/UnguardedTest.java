package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.spring.testing.Panicking;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An application without proxies, whose extensions look healthy because what they throw is never seen. */
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.aop.auto=false",
            "management.endpoints.web.exposure.include=*",
            "management.endpoint.health.show-details=always"
        })
class UnguardedTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToEverybody.class)
    static class Host {
        @Bean
        Panicking udp() {
            return new Panicking("network.udp", "past the guard");
        }

        @Bean
        ApplicationRunner plugins(ConfigurableApplicationContext context) {
            return arguments -> context.getBeanFactory().registerSingleton("late", new Late());
        }
    }

    record Late(String name) implements ExtensionCapability {
        Late() {
            this("late.plugin");
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private ConfigurableApplicationContext context;

    private String get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/" + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void shouldSayWhatIsNotContainedWhereverAnOperatorLooks(CapturedOutput output) throws Exception {
        String udp = "{\"bean\":\"udp\",\"type\":\"" + Panicking.class.getName() + "\",\"extension\":\"network.udp\"}";
        String late = "{\"bean\":\"late\",\"type\":\"" + Late.class.getName() + "\",\"extension\":null}";
        assertThat(get("extensions"))
                .contains("\"unguarded\":[\"udp\"]}}")
                .endsWith(",\"unguarded\":[" + udp + "," + late + "]}");
        assertThat(get("extensions/network.udp"))
                .startsWith("{\"state\":\"NEW\"")
                .endsWith("\"unguarded\":[\"udp\"]}");
        assertThat(get("health"))
                .contains("\"extensions\":{\"details\":{\"network.udp\":\"NEW\",\"not contained\":[\"udp\",\"late\"]},"
                        + "\"status\":\"UP\"}");

        context.getBeanFactory().registerSingleton("later", new Late());
        assertThat(get("health")).contains("\"not contained\":[\"udp\",\"late\",\"later\"]");
        assertThat(get("extensions")).contains("{\"bean\":\"later\"");
        assertThat(output.getAll().lines().filter(line -> line.contains("extension bean 'later' of type")))
                .hasSize(1);
    }
}
