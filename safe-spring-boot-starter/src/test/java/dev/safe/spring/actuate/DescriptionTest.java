package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jayway.jsonpath.JsonPath;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What the endpoint returns about an extension, over a real socket. */
class DescriptionTest {

    private static final String CLEAR = "{\"state\":\"CLEAR\",\"trips\":0,\"until\":null,\"reason\":null}";

    private static String idle(String phase, String policy) {
        return "\"" + phase + "\":{\"panics\":0,\"errors\":0,\"overruns\":0,\"rejected\":0,\"quarantine\":" + CLEAR
                + ",\"policy\":" + policy + "}";
    }

    private static String policy(String onPanic, boolean quarantined) {
        return "{\"onPanic\":\"" + onPanic
                + "\",\"log\":{\"burst\":5,\"interval\":\"1m\",\"stackTrace\":\"once\"},\"quarantine\":{\"enabled\":"
                + quarantined + ",\"threshold\":5,\"window\":\"10s\",\"initialBackoff\":\"1s\",\"maxBackoff\":\"5m\","
                + "\"multiplier\":2.0,\"jitter\":0.2,\"maxTrips\":0,\"overruns\":true,\"hold\":null},"
                + "\"budget\":{\"limit\":\"0s\",\"onOverrun\":\"report\"}}";
    }

    /** Fails as a test says. */
    static class Udp implements ExtensionCapability {

        private volatile @Nullable Exception failure;

        @Override
        public String name() {
            return "network.udp";
        }

        @Override
        public void setup(SetupEnv env) throws Exception {
            fail();
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("what a user sent");
        }

        @Override
        public void teardown(TeardownContext context) throws Exception {
            fail();
        }

        private void fail() throws Exception {
            Exception due = failure;
            if (due != null) {
                throw due;
            }
        }

        public void failWith(@Nullable Exception due) {
            failure = due;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToEverybody.class)
    static class Host {

        @Bean
        Udp udp() {
            return new Udp();
        }
    }

    abstract static class Server {

        @LocalServerPort
        private int port;

        @Autowired
        ExtensionGuard guard;

        @Autowired
        Udp udp;

        String get(String path) throws Exception {
            return new EndpointClient(port).get(path).body();
        }

        HttpResponse<String> post(String path, String body) throws Exception {
            return new EndpointClient(port).post(path, body);
        }

        @AfterEach
        void startAnew() {
            guard.remove("network.udp");
            guard.registerAs(udp, "network.udp");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = "management.endpoints.web.exposure.include=*")
    class WithNothingConfigured extends Server {

        @Test
        void shouldBeShortAboutAnExtensionThatWasNotCalled() throws Exception {
            String extension = "{\"state\":\"NEW\",\"phases\":{"
                    + String.join(
                            ",",
                            idle("setup", policy("throw", false)),
                            idle("poll", policy("suppress", true)),
                            idle("finalize", policy("suppress", false)),
                            idle("teardown", policy("suppress", false)),
                            idle("host", policy("suppress", false)))
                    + "},\"lastError\":null,\"unguarded\":[]}";
            assertThat(get("extensions/network.udp")).isEqualTo(extension);
            assertThat(get("extensions"))
                    .isEqualTo("{\"extensions\":{\"network.udp\":" + extension + "},\"unguarded\":[]}");
        }

        @Test
        void shouldSayWhatSetupAndTeardownReturned() throws Exception {
            Instant before = Instant.now();
            udp.failWith(new IOException("port 53 is taken"));
            assertThatThrownBy(() -> udp.setup(new SetupEnv("cell", Path.of("."), Map.of())))
                    .isExactlyInstanceOf(IOException.class);
            String failed = get("extensions/network.udp");
            assertThat(failed).startsWith("{\"state\":\"FAILED\",");
            assertThat(JsonPath.<Map<String, Object>>read(failed, "$.lastError"))
                    .containsOnlyKeys("at", "phase", "type", "message")
                    .containsEntry("phase", "setup")
                    .containsEntry("type", "java.io.IOException")
                    .containsEntry("message", null);
            assertThat(Instant.parse(JsonPath.read(failed, "$.lastError.at"))).isBetween(before, Instant.now());
            assertThat(JsonPath.<List<?>>read(failed, "$.phases.setup.recentPanics"))
                    .isEmpty();

            udp.failWith(new CloneNotSupportedException("still open"));
            udp.teardown(new TeardownContext(Instant.now()));
            assertThat(JsonPath.<Map<String, Object>>read(get("extensions/network.udp"), "$.lastError"))
                    .containsEntry("phase", "teardown")
                    .containsEntry("type", "java.lang.CloneNotSupportedException")
                    .containsEntry("message", null);
        }

        @Test
        void shouldNotMoveTheEndOfABackoffBetweenReads() throws Exception {
            for (int i = 0; i < 5; i++) {
                udp.poll();
            }
            List<String> ends = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ends.add(JsonPath.read(get("extensions/network.udp"), "$.phases.poll.quarantine.until"));
            }
            assertThat(ends).containsOnly(ends.get(0));
            assertThat(Instant.parse(ends.get(0))).isAfter(Instant.now().minusSeconds(10));
        }

        @Test
        void shouldCountExtensionsByStateInInfo() throws Exception {
            assertThat(get("info"))
                    .isEqualTo("{\"safe\":{\"version\":\"" + SafeInfoContributorTest.versionOfTheBuild()
                            + "\",\"extensions\":" + SafeInfoContributorTest.counts("new") + "}}");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.show-values=always",
                "safe.phases.poll.on-panic=throw",
                "safe.phases.poll.log.burst=7",
                "safe.phases.poll.log.interval=90s",
                "safe.phases.poll.log.stack-trace=never",
                "safe.phases.setup.errors=java.io.UncheckedIOException,java.lang.ArithmeticException",
                "safe.phases.poll.quarantine.initial-backoff=1500ms",
                "safe.phases.poll.quarantine.max-backoff=2h",
                "safe.phases.poll.quarantine.multiplier=1.5",
                "safe.phases.poll.quarantine.jitter=0",
                "safe.phases.poll.quarantine.overruns=false",
                "safe.extensions[network.udp].phases.poll.quarantine.threshold=9",
                "safe.extensions[network.udp].phases.poll.quarantine.max-trips=3",
                "safe.extensions[network.udp].phases.poll.quarantine.window=2d",
                "safe.extensions[network.udp].phases.poll.budget.limit=250ms",
                "safe.extensions[network.udp].phases.poll.budget.on-overrun=interrupt",
            })
    class WithEverythingConfigured extends Server {

        @Test
        void shouldShowThePolicyInForceInTheWordsOfTheProperties() throws Exception {
            assertThat(get("extensions/network.udp"))
                    .contains(idle(
                            "poll",
                            "{\"onPanic\":\"throw\","
                                    + "\"log\":{\"burst\":7,\"interval\":\"90s\",\"stackTrace\":\"never\"},"
                                    + "\"quarantine\":{\"enabled\":true,\"threshold\":9,\"window\":\"2d\","
                                    + "\"initialBackoff\":\"1500ms\",\"maxBackoff\":\"2h\",\"multiplier\":1.5,"
                                    + "\"jitter\":0.0,\"maxTrips\":3,\"overruns\":false,\"hold\":null},"
                                    + "\"budget\":{\"limit\":\"250ms\",\"onOverrun\":\"interrupt\"}}"))
                    .contains("\"policy\":{\"onPanic\":\"throw\",\"errors\":[\"java.io.UncheckedIOException\","
                            + "\"java.lang.ArithmeticException\"],\"log\":{")
                    .contains(idle("finalize", policy("suppress", false)));
        }

        @Test
        void shouldShowMessagesIfValuesAreShown() throws Exception {
            udp.failWith(new IOException("port 53 is taken"));
            assertThatThrownBy(() -> udp.setup(new SetupEnv("cell", Path.of("."), Map.of())))
                    .isExactlyInstanceOf(IOException.class);
            assertThatThrownBy(udp::poll).hasMessageContaining("what a user sent");
            String body = get("extensions/network.udp");
            assertThat(JsonPath.<String>read(body, "$.lastError.message")).isEqualTo("port 53 is taken");
            assertThat(JsonPath.<String>read(body, "$.phases.poll.recentPanics[0].message"))
                    .isEqualTo("what a user sent");
        }
    }

    @Nested
    @SpringBootTest(
            classes = Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted",
                "safe.extensions[network.udp].phases.poll.quarantine.hold=ticket 4711"
            })
    class WithAHold extends Server {

        @Test
        void shouldNotReleaseWhatTheConfigurationHolds() throws Exception {
            String held = get("extensions/network.udp");
            assertThat(JsonPath.<String>read(held, "$.phases.poll.policy.quarantine.hold"))
                    .isEqualTo("ticket 4711");
            assertThat(held)
                    .contains("\"quarantine\":{\"state\":\"QUARANTINED\",\"trips\":0,\"until\":null,"
                            + "\"reason\":\"ticket 4711\",\"declared\":true}");

            HttpResponse<String> answer =
                    post("extensions/network.udp", "{\"action\": \"release\", \"phase\": \"poll\"}");
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body())
                    .isEqualTo("{\"message\":\"the quarantine of \\\"network.udp\\\" in poll is declared by"
                            + " 'safe.extensions[network.udp].phases.poll.quarantine.hold' (ticket 4711) in the"
                            + " property source \\\"Inlined Test Properties\\\", and ends when that is cleared\"}");
            assertThat(get("extensions/network.udp")).isEqualTo(held);
        }
    }

    /** Restarts extensions, except those that it does not know and those that hang. */
    static final class Supervisor implements ExtensionRestarter {

        private final List<String> restarts = new ArrayList<>();

        @Override
        public @Nullable Long restarts(String extension) {
            return extension.equals("unsupervised") ? null : (long) restarts.size();
        }

        @Override
        public void restart(String extension, String reason) {
            switch (reason) {
                case "too late" -> throw new NoSuchElementException(extension);
                case "too early" -> throw new IllegalStateException("extension 'network.udp' is being restarted");
                default -> restarts.add(extension + ": " + reason);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Supervised {

        @Bean
        Supervisor supervisor() {
            return new Supervisor();
        }
    }

    @Nested
    @Import(Supervised.class)
    @SpringBootTest(
            classes = Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class WithASupervisor extends Server {

        @Autowired
        private Supervisor supervisor;

        @Test
        void shouldRestartAndCount() throws Exception {
            assertThat(JsonPath.<Integer>read(get("extensions/network.udp"), "$.restarts"))
                    .isZero();
            HttpResponse<String> answer =
                    post("extensions/network.udp", "{\"action\": \"restart\", \"reason\": \"ticket 4711\"}");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(JsonPath.<Integer>read(answer.body(), "$.restarts")).isOne();
            assertThat(supervisor.restarts).containsExactly("network.udp: ticket 4711");
        }

        @Test
        void shouldSayWhyItDoesNotRestart() throws Exception {
            guard.recoverHost("unsupervised", "f", new IllegalStateException("boom"));
            assertRefused(
                    "unsupervised",
                    "why",
                    400,
                    "'action' must be quarantine or release: extension 'unsupervised' is not supervised");
            assertRefused("network.udp", "too late", 404, "there is no extension 'network.udp'");
            assertRefused("network.udp", "too early", 409, "extension 'network.udp' is being restarted");
            guard.remove("unsupervised");
        }

        private void assertRefused(String extension, String reason, int status, String message) throws Exception {
            HttpResponse<String> answer =
                    post("extensions/" + extension, "{\"action\": \"restart\", \"reason\": \"" + reason + "\"}");
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).isEqualTo("{\"message\":\"" + message + "\"}");
        }
    }
}
