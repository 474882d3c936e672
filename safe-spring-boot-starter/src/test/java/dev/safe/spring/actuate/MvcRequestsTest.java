package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/** Spring MVC, where a request is read as it was sent. */
class MvcRequestsTest {

    private static final String WHAT_IT_MUST_BE = "the body must be a JSON object such as "
            + "{\\\"action\\\": \\\"quarantine\\\", \\\"phase\\\": \\\"poll\\\", \\\"reason\\\": \\\"ticket 4711\\\"}";

    abstract static class Cases extends RequestCases {

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
            assertRefused(postToUdp(body), 400, message);
        }

        @ParameterizedTest
        @ValueSource(strings = {"quarantine", "{\"action\": \"quarantine\"", "[\"quarantine\"]", "null", "7", "{} {}"})
        void shouldSayWhatTheBodyMustBe(String body) throws Exception {
            assertRefused(postToUdp(body), 400, WHAT_IT_MUST_BE);
        }

        @Test
        void shouldNotReadABodyWithoutEnd() throws Exception {
            String endless = "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"" + "x".repeat(65_536);
            assertRefused(postToUdp(endless), 400, "the body must have at most 65536 bytes");
        }

        @Test
        void shouldQuarantineForALongReason() throws Exception {
            HttpResponse<String> answer = postToUdp(
                    "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"" + "x".repeat(60_000) + "\"}");
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    @Nested
    @Import(OpenToEverybody.class)
    @SpringBootTest(
            classes = RequestCases.Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class OnTheHostsPort extends Cases {}

    @Nested
    @Import(OpenToEverybody.class)
    @SpringBootTest(
            classes = RequestCases.Host.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "management.server.port=0",
                "management.endpoints.web.exposure.include=extensions",
                "management.endpoint.extensions.access=unrestricted"
            })
    class OnAPortOfItsOwn extends Cases {}
}
