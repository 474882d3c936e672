package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.spring.testing.Panicking;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.annotation.DirtiesContext;

/** Who sees messages and frames, with Spring Security and over JMX. Nobody can write without opting in. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=extensions",
            "management.endpoints.jmx.exposure.include=extensions",
            "management.endpoint.extensions.show-values=when-authorized",
            "management.endpoint.extensions.roles=OPERATOR",
            "spring.jmx.enabled=true",
            "spring.jmx.default-domain=dev.safe.authorized"
        })
@DirtiesContext
class AuthorizedTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {
        @Bean
        SecurityFilterChain anybody(HttpSecurity http) throws Exception {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("operator")
                            .password("{noop}secret")
                            .roles("OPERATOR")
                            .build(),
                    User.withUsername("guest")
                            .password("{noop}secret")
                            .roles("GUEST")
                            .build());
        }

        @Bean
        Panicking udp() {
            return new Panicking("network.udp", "what a user sent");
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Panicking udp;

    private HttpResponse<String> send(HttpRequest.Builder request, @Nullable String user) throws Exception {
        if (user != null) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8)));
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder extension() {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/extensions/network.udp"));
    }

    @Test
    void shouldShowValuesToThoseWhoMaySeeThem() throws Exception {
        udp.poll();
        assertThat(send(extension(), null).body())
                .contains("\"type\":\"java.lang.IllegalStateException\"")
                .doesNotContain("what a user sent");
        assertThat(send(extension(), "guest").body())
                .contains("\"type\":\"java.lang.IllegalStateException\"")
                .doesNotContain("what a user sent");
        assertThat(send(extension(), "operator").body())
                .contains("what a user sent")
                .contains("testing.Panicking.poll");
    }

    @Test
    void shouldNotOfferToWrite() throws Exception {
        HttpRequest.Builder request = extension()
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"quarantine\",\"phase\":\"poll\"}"));
        assertThat(send(request, "operator").statusCode()).isEqualTo(405);
    }

    @Test
    void shouldBeReadOverJmxWithoutValues() throws Exception {
        udp.poll();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = server.queryNames(new ObjectName("*:type=Endpoint,name=Extensions,*"), null).stream()
                .findFirst()
                .orElseThrow();
        Object all = server.invoke(name, "extensions", new Object[0], new String[0]);
        assertThat(String.valueOf(all))
                .contains("network.udp")
                .contains("panics=")
                .doesNotContain("what a user sent");
        assertThatThrownBy(() -> server.invoke(
                        name, "extension", new Object[] {"nobody"}, new String[] {String.class.getName()}))
                .isInstanceOf(ReflectionException.class)
                .hasMessage("there is no extension 'nobody'");
        assertThat(server.getMBeanInfo(name).getOperations())
                .extracting(operation -> operation.getName())
                .contains("extension")
                .doesNotContain("act");
    }
}
