package dev.safe.sample;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.Phase;
import dev.safe.sample.extension.Chaos;
import dev.safe.sample.extension.ChaosKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;

/**
 * The alerts and the dashboard on a real Prometheus that scrapes a host under chaos. The rules' clock is sixty times as
 * fast; promtool tests them on their own clock. One story, told in order: each test leaves the host well.
 */
@RequiresPrometheus
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "host.udp-port=0",
            "safe.phases.poll.quarantine.initial-backoff=200ms",
            "safe.phases.poll.quarantine.max-backoff=200ms",
            // What fails stays so until the test restarts it.
            "safe.supervisor.restart.enabled=false",
            // A hang in poll lasts, and a hang in a host function is interrupted.
            "safe.extensions.chaos.phases.poll.budget.on-overrun=report"
        })
@DirtiesContext
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(90)
class PrometheusTest {

    private static final int ENDLESSLY = 1_000_000;

    /** All of them, the one that throws nothing last. */
    private static final List<String> KINDS =
            List.of("runtime", "error", "linkage", "stackoverflow", "checked", "hang");

    private static final int THROWN = KINDS.size() - 1;

    /** Fails the first setup there is, before anything scrapes. */
    @TestConfiguration(proxyBeanMethods = false)
    static class FailingStart {

        @Bean
        SmartInitializingSingleton failure(Chaos chaos) {
            return () -> chaos.order(Phase.SETUP, ChaosKind.LINKAGE, 1);
        }
    }

    @TempDir
    static Path folder;

    @LocalServerPort
    private int port;

    private Client client;
    private Prometheus prometheus;
    private final Set<String> fired = new TreeSet<>();

    @BeforeAll
    void start() throws Exception {
        client = new Client(port);
        prometheus = Prometheus.scraping(folder, port, AlertRules.shipped().sixtyTimesAsFast());
    }

    @AfterAll
    void stop() throws Exception {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    @Test
    @Order(1)
    void shouldFireForASetupThatFailedAtTheVeryStart() throws Exception {
        awaitFiring("SafeExtensionFailed", "state", "failed");
        assertThat(client.post("/chaos/restart", "").body()).isEqualTo("{\"ready\":true}");
        awaitQuiet("SafeExtensionFailed");
    }

    @Test
    @Order(2)
    void shouldFireForAQuarantineThatLastsAndNotCallItFlapping() throws Exception {
        client.chaos("poll", "runtime", ENDLESSLY);
        awaitFiring("SafeExtensionQuarantined", "phase", "poll");
        assertThat(value("safe_extension_panics_total{extension='chaos', phase='poll'}"))
                .as("five, and one for each probe that failed")
                .isGreaterThan(5 + 5);
        assertThat(value("safe_extension_quarantines_total{extension='chaos', phase='poll'}"))
                .isOne();
        client.chaos("poll", "runtime", 0);
        awaitQuiet("SafeExtensionQuarantined");
        assertThat(prometheus.history("ALERTS{alertname='SafeExtensionFlapping'}"))
                .isEmpty();
    }

    @Test
    @Order(3)
    void shouldFireForPanicsAndOverrunsThatGoOn() throws Exception {
        boolean both = false;
        for (int turn = 0; !both && turn < 20 * KINDS.size(); turn++) {
            String kind = KINDS.get(turn % KINDS.size());
            misbehave("finalize", kind, 2);
            misbehave("host", kind, 2);
            misbehave("host", "hang", 1);
            both = turn >= KINDS.size() && isFiring("SafeExtensionPanicking") && isFiring("SafeExtensionOverrunning");
        }
        awaitFiring("SafeExtensionPanicking", "phase", "finalize");
        awaitFiring("SafeExtensionOverrunning", "phase", "host");
        awaitScraped("finalize");
        awaitScraped("host");
        awaitQuiet("SafeExtensionPanicking");
        awaitQuiet("SafeExtensionOverrunning");
    }

    @Test
    @Order(4)
    void shouldFireForWhatOnlyAReleaseEnds() throws Exception {
        operate("{\"action\":\"quarantine\",\"phase\":\"host\",\"reason\":\"ticket 4711\"}");
        awaitFiring("SafeExtensionDisabled", "phase", "host");
        operate("{\"action\":\"release\",\"phase\":\"host\"}");
        awaitQuiet("SafeExtensionDisabled");
    }

    @Test
    @Order(5)
    void shouldFireForACallThatDoesNotReturn() throws Exception {
        client.chaos("poll", "hang", 1);
        awaitFiring("SafeExtensionStuck", "phase", "poll");
        assertThat(client.post("/chaos/restart", "").body()).isEqualTo("{\"ready\":true}");
        awaitQuiet("SafeExtensionStuck");
    }

    @Test
    @Order(6)
    void shouldFireForOneThatGoesInAndOutOfQuarantine() throws Exception {
        for (int entry = 1; entry <= 6; entry++) {
            double before = client.meter("safe_extension_quarantines_total", "chaos", "poll");
            misbehave("poll", KINDS.get(entry % THROWN), 5);
            await().atMost(30, SECONDS)
                    .until(() -> client.meter("safe_extension_quarantines_total", "chaos", "poll") > before
                            && client.meter("safe_extension_quarantined", "chaos", "poll") == 0);
        }
        awaitFiring("SafeExtensionFlapping", "phase", "poll");
    }

    @Test
    @Order(7)
    void shouldCountEachKindOfChaosWhereTheHostStartsAndStopsAnExtension() throws Exception {
        for (String kind : KINDS) {
            for (String phase : List.of("teardown", "setup")) {
                double before = counted(phase);
                client.chaos(phase, kind, 1);
                client.post("/chaos/restart", "");
                assertThat(counted(phase)).as(phase + " " + kind).isEqualTo(before + 1);
            }
            assertThat(client.post("/chaos/restart", "").body()).isEqualTo("{\"ready\":true}");
        }
        awaitScraped("setup");
        awaitScraped("teardown");
    }

    /** Has chaos misbehave, and waits until that is counted. */
    private void misbehave(String phase, String kind, int times) throws Exception {
        double before = counted(phase);
        assertThat(client.chaos(phase, kind, times).statusCode()).isEqualTo(200);
        await(phase + " " + kind)
                .pollInterval(20, MILLISECONDS)
                .atMost(30, SECONDS)
                .until(() -> counted(phase) == before + times);
    }

    /** Waits until Prometheus has counted what the host has. */
    private void awaitScraped(String phase) throws Exception {
        double counted = counted(phase);
        String sum = "sum({__name__=~'safe_extension_(panics|errors|overruns)_total', extension='chaos', phase='%s'})"
                .formatted(phase);
        await(phase).atMost(30, SECONDS).until(() -> value(sum) == counted);
    }

    /** Panics, errors and overruns of chaos. */
    private double counted(String phase) throws Exception {
        return client.meter("safe_extension_panics_total", "chaos", phase)
                + client.meter("safe_extension_errors_total", "chaos", phase)
                + client.meter("safe_extension_overruns_total", "chaos", phase);
    }

    @Test
    @Order(8)
    void shouldHaveFiredEachAlertAndNoneForAnotherExtension() throws Exception {
        assertThat(fired)
                .containsExactlyInAnyOrderElementsOf(
                        AlertRules.shipped().byAlert().keySet());
        assertThat(prometheus.history("ALERTS{extension!='chaos'}")).isEmpty();
    }

    @Test
    @Order(9)
    void shouldFillEachPanelOfTheDashboard() throws Exception {
        Dashboard dashboard = Dashboard.shipped();
        for (var panel : dashboard.panels()) {
            for (String expression : Dashboard.expressions(panel)) {
                String complete = Dashboard.substituted(expression, "4s");
                assertThat(prometheus.query(complete)).as(complete).isNotEmpty();
                await("something else than zero of " + complete)
                        .atMost(30, SECONDS)
                        .until(() -> prometheus.history(complete).stream().anyMatch(value -> value > 0));
            }
        }
        String states = Dashboard.substituted(
                        Dashboard.expressions(dashboard.panel("State over time"))
                                .get(0),
                        "")
                .replace("extension=~\".*\"", "extension=\"chaos\"");
        assertThat(prometheus.history(states))
                .as("running, quarantined, failed, stuck")
                .contains(2.0, 5.0, 6.0, 7.0);
        assertThat(prometheus.labelValues("safe_extension_state", "application"))
                .containsExactly("sample-host");
        assertThat(prometheus.labelValues("safe_extension_state{application=~\"sample-host\"}", "instance"))
                .containsExactly("127.0.0.1:" + port);
        assertThat(prometheus.labelValues("safe_extension_state{application=~\".*\", instance=~\".*\"}", "extension"))
                .contains("transport.http", "network.udp", "time.tick", "chaos");
    }

    private void operate(String body) throws Exception {
        assertThat(client.postJson("/actuator/extensions/chaos", body).statusCode())
                .isEqualTo(200);
    }

    private double value(String expression) throws Exception {
        return prometheus.query(expression).stream()
                .mapToDouble(series ->
                        Double.parseDouble(series.path("value").path(1).stringValue()))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Waits for an alert about chaos, with all that it keeps: where it is, which extension, and which phase or state. */
    private void awaitFiring(String alert, String label, String value) throws Exception {
        AlertRules.Rule rule = AlertRules.shipped().byAlert().get(alert);
        Map<String, String> expected = new TreeMap<>(Map.of(
                "alertname",
                alert,
                "application",
                "sample-host",
                "instance",
                "127.0.0.1:" + port,
                "job",
                "hosts",
                "extension",
                "chaos",
                label,
                value));
        expected.putAll(rule.labels());
        await(alert).atMost(40, SECONDS).untilAsserted(() -> assertThat(prometheus.firing())
                .contains(expected));
        fired.add(alert);
    }

    private void awaitQuiet(String alert) {
        await(alert).atMost(20, SECONDS).until(() -> !isFiring(alert));
    }

    private boolean isFiring(String alert) throws Exception {
        return prometheus.firing().stream()
                .anyMatch(labels -> labels.get("alertname").equals(alert));
    }
}
