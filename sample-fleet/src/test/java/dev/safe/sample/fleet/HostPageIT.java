package dev.safe.sample.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.sample.process.Program;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/** The page that a sample host serves, in Chromium. */
@NeedsBrowser
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostPageIT {

    private static final Started started = new Started();

    private static Browser browser;
    private static Program host;

    @BeforeAll
    static void start() {
        host = started.add(Samples.host("page", 0, List.of()));
        browser = started.add(Browser.open(1600, 1000));
        browser.go(host.uri().resolve("/").toString());
        browser.waitForText("#connection", "Live");
    }

    @AfterAll
    static void stop() throws Exception {
        started.close();
    }

    private static String card(String extension) {
        return "#extensions article[aria-label='" + extension + "']";
    }

    private static String button(String action, String phase, String extension) {
        return "button[aria-label='%s %s of %s']".formatted(action, phase, extension);
    }

    @Test
    @Order(1)
    void shouldShowWhatTheExtensionsDoLive() {
        assertThat(browser.find(card("network.udp")).getText()).startsWith("network.udp\n✓ running\nRestart");
        assertThat(browser.find("#cells article[aria-label='counter']").getText())
                .startsWith("counter\n✓ running\nsteps");

        browser.select("#chaos select[name=phase]", "poll");
        browser.select("#chaos select[name=kind]", "linkage");
        browser.click("#chaos button");
        browser.waitForText(card("chaos"), "‖ quarantined");
        browser.waitForText(card("chaos"), " s left, ");
        browser.waitForText(card("chaos") + " .panics", "poll: java.lang.NoClassDefFoundError: chaos/Gone × ");
        browser.waitForText("#orders", "Left to do: poll: linkage, 9");
        browser.waitForText("#rates", "Replies (solid): ");
        assertThat(browser.find("#plot .panics").getDomAttribute("points")).contains(",");
        assertThat(browser.find(card("network.udp") + " .state").getText()).isEqualTo("✓ running");
        browser.screenshot("host");
        assertThat(browser.console()).doesNotContain("SEVERE");
    }

    @Test
    @Order(2)
    void shouldQuarantineAndReleaseByClickAndByKeyboard() {
        browser.click("#reasons input");
        browser.type(Keys.chord(Keys.CONTROL, "a"), "ticket <b>4711</b>");
        browser.click(button("Quarantine", "poll", "network.udp"));
        browser.waitForText("#answer", "✓ poll of network.udp is in quarantine");
        browser.waitForText(card("network.udp"), "in quarantine, until released, ticket <b>4711</b>");
        assertThat(quarantine("network.udp")).isEqualTo("QUARANTINED: ticket <b>4711</b>");

        browser.tabTo(button("Release", "poll", "network.udp"));
        browser.type(Keys.ENTER);
        browser.waitForText("#answer", "✓ poll of network.udp is released");
        browser.waitForText(card("network.udp") + " .state", "✓ running");
        assertThat(quarantine("network.udp")).isEqualTo("CLEAR: ");
        assertThat(browser.evaluate("return document.activeElement.ariaLabel"))
                .isEqualTo("Quarantine poll of network.udp");
    }

    private static String quarantine(String extension) {
        var quarantine =
                Web.get(host.uri().resolve("/actuator/extensions/" + extension)).at("/phases/poll/quarantine");
        return quarantine.get("state").asString() + ": "
                + quarantine.get("reason").asString();
    }

    @Test
    @Order(3)
    void shouldRestartAndSayWhatWasRefused() {
        browser.click(card("time.tick") + " header button");
        browser.waitForText("#answer", "✓ time.tick was restarted");
        browser.waitForText(card("time.tick"), "Restart (1 so far)");

        browser.evaluate("document.querySelector('#chaos input[name=times]').value = 1e10;"
                + " document.querySelector('#chaos').noValidate = true");
        browser.click("#chaos button");
        browser.waitForText("#refusal", "✗ Not done: 'times' must be a whole number from 0 to 2147483647");
    }

    @Test
    @Order(4)
    void shouldShowValuesOfExtensionsAsText() {
        browser.evaluate("""
                const honest = window.fetch;
                window.fetch = async (...request) => {
                  const response = await honest(...request);
                  if (!String(request[0]).endsWith("actuator/extensions")) {
                    return response;
                  }
                  const body = await response.json();
                  const markup = "<img src=x onerror='document.title = 1'><script>document.title = 2</script>";
                  body.extensions["network.udp"].lastError =
                      { at: "2026-11-01T11:59:00Z", phase: "setup", type: "java.io.IOException", message: markup };
                  body.extensions[markup] = body.extensions["network.udp"];
                  return new Response(JSON.stringify(body), { headers: response.headers });
                };
                """);
        browser.waitForText(card("network.udp") + " .error", "setup returned java.io.IOException: <img src=x");
        assertThat(browser.count("main :is(img, script)")).isZero();
        assertThat(browser.evaluate("return document.title")).isEqualTo("Sample host");
        browser.go(host.uri().resolve("/").toString());
        browser.waitForText("#connection", "Live");
    }

    @Test
    @Order(4)
    void shouldShowADeclaredQuarantineAndForgetWhatIsGone() {
        browser.evaluate("""
                const honest = window.fetch;
                window.fetch = async (...request) => {
                  const response = await honest(...request);
                  if (!String(request[0]).endsWith("actuator/extensions")) {
                    return response;
                  }
                  const body = await response.json();
                  body.extensions["network.udp"].phases.poll.quarantine =
                      { state: "QUARANTINED", trips: 0, until: null, reason: "ticket 4711", declared: true };
                  if (!window.gone) {
                    body.extensions.constructor = body.extensions["network.udp"];
                  }
                  return new Response(JSON.stringify(body), { headers: response.headers });
                };
                """);
        browser.waitForText(card("network.udp"), "in quarantine, until its policy no longer holds it, ticket 4711");
        browser.waitForText(card("constructor"), "constructor");
        browser.evaluate("window.gone = true");
        browser.waitUntilGone(card("constructor"));
        browser.go(host.uri().resolve("/").toString());
        browser.waitForText("#connection", "Live");
    }

    @Test
    @Order(5)
    void shouldBeRightOnANarrowScreenAndAskNobodyElse() {
        browser.resize(400, 900);
        browser.waitForText(card("chaos"), "chaos");
        assertThat(browser.evaluate("""
                const { scrollWidth, clientWidth } = document.documentElement;
                return `${innerWidth} wide, ${scrollWidth - clientWidth} to scroll`""")).isEqualTo("400 wide, 0 to scroll");
        browser.screenshot("host-narrow");
        browser.resize(1600, 1000);
        assertThat(browser.evaluate("""
                return performance.getEntriesByType("resource")
                    .filter(({ name }) => !name.startsWith(location.origin) && !name.startsWith("data:"))
                    .length""")).isEqualTo(0L);
    }

    @Test
    @Order(6)
    void shouldSurviveThatTheHostGoesAwayAndComesBack() {
        int port = host.uri().getPort();
        host.close();
        browser.waitForText("#connection", "The host does not answer. What you see is of ");
        assertThat(browser.find(card("chaos")).getText()).isNotEmpty();
        browser.click(button("Quarantine", "poll", "network.udp"));
        browser.waitForText("#answer", "✗ Not done: the host does not answer");

        host = started.add(Samples.host("page", port, List.of()));
        browser.waitForText("#connection", "Live");
        browser.waitForText(card("chaos") + " .state", "✓ running");
    }
}
