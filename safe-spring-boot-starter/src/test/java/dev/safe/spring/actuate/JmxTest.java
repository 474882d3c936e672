package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.QuarantineState;
import dev.safe.spring.testing.Panicking;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;

/** What an operator does over JMX. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.NONE,
        properties = {
            "management.endpoints.jmx.exposure.include=extensions",
            "management.endpoint.extensions.access=unrestricted",
            "spring.jmx.enabled=true",
            "spring.jmx.default-domain=dev.safe.operated"
        })
@DirtiesContext
class JmxTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {

        @Bean
        Panicking udp() {
            return new Panicking("network.udp");
        }
    }

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @Autowired
    private ExtensionGuard guard;

    private Object act(String name, @Nullable String action, @Nullable String phase, @Nullable String reason)
            throws Exception {
        ObjectName endpoint =
                server.queryNames(new ObjectName("dev.safe.operated:type=Endpoint,name=Extensions,*"), null).stream()
                        .findFirst()
                        .orElseThrow();
        String text = String.class.getName();
        return server.invoke(
                endpoint, "act", new Object[] {name, action, phase, reason}, new String[] {text, text, text, text});
    }

    @Test
    void shouldQuarantineAndRelease() throws Exception {
        assertThat(act("network.udp", "quarantine", "poll", "ticket 4711").toString())
                .contains("state=QUARANTINED, trips=0, until=null, reason=ticket 4711");
        act("network.udp", "release", "poll", null);
        assertThat(guard.snapshot("network.udp")
                        .orElseThrow()
                        .phase(Phase.POLL)
                        .quarantine()
                        .state())
                .isEqualTo(QuarantineState.CLEAR);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            nobody      | release    | poll    |   | there is no extension 'nobody'
            network.udp | explode    | poll    | x | 'action' must be one of quarantine, release, restart, got explode
            network.udp | quarantine |         | x | 'phase' must be one of setup, poll, finalize, teardown, host, got null
            network.udp | quarantine | setup   | x | phase 'setup' is never rejected: quarantine poll, finalize or host
            network.udp | quarantine | poll    |   | 'reason' must be given to quarantine, and must not be empty
            """)
    void shouldSayWhatIsWrong(
            String name, String action, @Nullable String phase, @Nullable String reason, String message) {
        assertThatThrownBy(() -> act(name, action, phase, reason))
                .isInstanceOf(ReflectionException.class)
                .hasMessage(message);
    }
}
