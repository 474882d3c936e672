package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.QuarantineState;
import dev.safe.spring.testing.Panicking;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Which requests the endpoint accepts, and what a caller reads if it does not accept one. The same on every server. */
abstract class RequestCases {

    private static final String UDP = "extensions/network.udp";

    private static final String WHAT_IT_MUST_BE = "the body must be a JSON object such as "
            + "{\\\"action\\\": \\\"quarantine\\\", \\\"phase\\\": \\\"poll\\\", \\\"reason\\\": \\\"ticket 4711\\\"}";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {

        @Bean
        Panicking udp() {
            return new Panicking("network.udp");
        }

        @Bean
        Panicking http() {
            return new Panicking("transport.http");
        }
    }

    @Autowired
    private ExtensionGuard guard;

    @Autowired
    private Environment environment;

    private EndpointClient client() {
        String port =
                environment.getProperty("local.management.port", environment.getRequiredProperty("local.server.port"));
        return new EndpointClient(Integer.parseInt(port));
    }

    @AfterEach
    void release() {
        guard.release("network.udp", Phase.POLL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"action": "explode", "phase": "poll", "reason": "x"}             | 'action' must be one of quarantine, release, restart, got explode
            {"action": "QUARANTINE", "phase": "poll", "reason": "x"}          | 'action' must be one of quarantine, release, restart, got QUARANTINE
            {"phase": "poll", "reason": "x"}                                  | 'action' must be one of quarantine, release, restart, got null
            {}                                                                | 'action' must be one of quarantine, release, restart, got null
            {"action": "quarantine", "phase": "polling", "reason": "x"}       | 'phase' must be one of setup, poll, finalize, teardown, host, got polling
            {"action": "quarantine", "reason": "x"}                           | 'phase' must be one of setup, poll, finalize, teardown, host, got null
            {"action": "release", "phase": "POLL"}                            | 'phase' must be one of setup, poll, finalize, teardown, host, got POLL
            {"action": "quarantine", "phase": "setup", "reason": "x"}         | phase 'setup' is never rejected: quarantine poll, finalize or host
            {"action": "quarantine", "phase": "poll"}                         | 'reason' must be given to quarantine, and must not be empty
            {"action": "quarantine", "phase": "poll", "reason": ""}           | 'reason' must be given to quarantine, and must not be empty
            {"action": "quarantine", "phase": "poll", "reason": " \\t"}       | 'reason' must be given to quarantine, and must not be empty
            {"action": "quarantine", "phase": "poll", "reason": "\\u00a0"}      | 'reason' must be given to quarantine, and must not be empty
            {"action": "quarantine", "phase": "poll", "reason": "\\u2007 \\u202f\\u200b\\ufeff\\u2800"} | 'reason' must be given to quarantine, and must not be empty
            {"action": "restart", "reason": "\\u3000\\u3164"}                   | 'reason' must be given to restart, and must not be empty
            {"action": "restart"}                                             | 'reason' must be given to restart, and must not be empty
            {"action": "restart", "reason": ""}                               | 'reason' must be given to restart, and must not be empty
            {"action": "restart", "phase": "poll", "reason": "x"}             | 'phase' must be left out to restart, which concerns the extension as a whole
            {"action": "restart", "reason": "x"}                              | 'action' must be quarantine or release: there is no supervisor that could restart an extension
            {"action": "quarantine", "phase": "poll", "reason": "x", "a": ""} | there is no field 'a', only action, phase, reason
            {"action": "quarantine", "phase": "poll", "Reason": "x"}          | there is no field 'Reason', only action, phase, reason
            {"action": "quarantine", "phase": "poll", "reason": null}         | 'reason' must be a text, got null
            {"action": "quarantine", "phase": null, "reason": "x"}            | 'phase' must be a text, got null
            """)
    void shouldRefuseWhatIsNotARequest(String body, String message) throws Exception {
        assertRefused(client().post(UDP, body), 400, message);
    }

    @Test
    void shouldTakeAnEmptyBodyForOneWithoutFields() throws Exception {
        assertRefused(client().post(UDP, ""), 400, "'action' must be one of quarantine, release, restart, got null");
    }

    @Test
    void shouldRefuseQueryParametersThatItDoesNotKnow() throws Exception {
        assertRefused(
                client().post(UDP + "?force=yes", "{\"action\": \"release\", \"phase\": \"poll\"}"),
                400,
                "there is no field 'force', only action, phase, reason");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            action=release      | 'action' is 'quarantine' in the body and 'release' in the query: leave one of them out
            phase=host          | 'phase' is 'poll' in the body and 'host' in the query: leave one of them out
            reason=why%20not%3F | 'reason' is 'x' in the body and 'why not?' in the query: leave one of them out
            reason=             | 'reason' is 'x' in the body and '' in the query: leave one of them out
            phase=poll&phase=poll | 'phase' must be a text, got [poll, poll]
            name=transport.http | there is no field 'name', only action, phase, reason
            """)
    void shouldNotLetTheQueryOverrideTheBodyOrThePath(String query, String message) throws Exception {
        assertRefused(
                client().post(
                                UDP + "?" + query,
                                "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"x\"}"),
                400,
                message);
    }

    @Test
    void shouldNotLetTheQueryOverrideThePathWhereThereIsNoBody() throws Exception {
        assertRefused(
                client().post(UDP + "?action=quarantine&phase=poll&reason=x&name=transport.http", ""),
                400,
                "there is no field 'name', only action, phase, reason");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ?action=quarantine&phase=poll&reason=why+not | ``
            ?reason=why+not&phase=poll                   | {"action": "quarantine", "phase": "poll"}
            """)
    void shouldTakeFromTheQueryWhatTheBodyLeavesOut(String query, String body) throws Exception {
        HttpResponse<String> answer = client().post(UDP + query, body);
        assertThat(answer.body()).contains("\"reason\":\"why not\"");
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSayThatThereIsNoSuchExtension() throws Exception {
        assertRefused(client().get("extensions/nobody"), 404, "there is no extension 'nobody'");
        assertRefused(
                client().post("extensions/nobody", "{\"action\": \"release\", \"phase\": \"poll\"}"),
                404,
                "there is no extension 'nobody'");
        assertRefused(
                client().post(
                                "extensions/nobody",
                                "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"x\"}"),
                404,
                "there is no extension 'nobody'");
        assertThat(guard.snapshots())
                .extracting(ExtensionSnapshot::name)
                .containsExactly("network.udp", "transport.http");
    }

    @Test
    void shouldQuarantineAndRelease() throws Exception {
        HttpResponse<String> quarantined =
                client().post(UDP, "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"4711\"}");
        assertThat(quarantined.statusCode()).isEqualTo(200);
        assertThat(quarantined.body())
                .contains("\"poll\":{\"panics\":0,\"errors\":0,\"overruns\":0,\"rejected\":0,\"quarantine\":"
                        + "{\"state\":\"QUARANTINED\",\"trips\":0,\"until\":null,\"reason\":\"4711\"}");
        for (String release : List.of(
                "{\"action\": \"release\", \"phase\": \"poll\"}",
                "{\"action\": \"release\", \"phase\": \"poll\", \"reason\": \"\"}",
                "{\"action\": \"release\", \"phase\": \"poll\", \"reason\": \"mended\"}")) {
            guard.quarantine("network.udp", Phase.POLL, "again");
            HttpResponse<String> released = client().post(UDP, release);
            assertThat(released.statusCode()).isEqualTo(200);
            assertUnchanged();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"action": "quarantine", "phase": "poll", "reason": 4711}                             | 'reason' must be a text, got 4711
            {"action": "quarantine", "phase": "poll", "reason": true}                             | 'reason' must be a text, got true
            {"action": "quarantine", "phase": ["poll"], "reason": "x"}                            | 'phase' must be a text, got [poll]
            {"action": {"a": 1}, "phase": "poll", "reason": "x"}                                  | 'action' must be a text, got {a=1}
            {"action": "quarantine", "phase": "poll", "reason": "x", "by": {"a": 1}}              | there is no field 'by', only action, phase, reason
            {"action": "quarantine", "phase": "poll", "reason": "x", "name": "transport.http"}    | there is no field 'name', only action, phase, reason
            """)
    void shouldReadTheBodyAsItWasSent(String body, String message) throws Exception {
        assertRefused(client().post(UDP, body), 400, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarantine", "{\"action\": \"quarantine\"", "[\"quarantine\"]", "null", "7", "{} {}"})
    void shouldSayWhatTheBodyMustBe(String body) throws Exception {
        assertRefused(client().post(UDP, body), 400, WHAT_IT_MUST_BE);
    }

    @Test
    void shouldNotReadABodyWithoutEnd() throws Exception {
        String endless = "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"" + "x".repeat(65_536);
        assertRefused(client().post(UDP, endless), 400, "the body must have at most 65536 bytes");
    }

    @Test
    void shouldQuarantineForALongReason() throws Exception {
        HttpResponse<String> answer = client().post(
                        UDP,
                        "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"" + "x".repeat(60_000)
                                + "\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    void assertRefused(HttpResponse<String> answer, int status, String message) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("{\"message\":\"" + message + "\"}");
        assertUnchanged();
    }

    final void assertUnchanged() {
        assertThat(guard.snapshots()).allSatisfy(extension -> assertThat(
                        extension.phases().values())
                .allSatisfy(phase -> assertThat(phase.quarantine().state()).isEqualTo(QuarantineState.CLEAR)));
    }
}
