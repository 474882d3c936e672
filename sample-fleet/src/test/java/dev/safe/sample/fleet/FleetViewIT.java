package dev.safe.sample.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** Two sample hosts, the server and Chromium, each a process of its own. */
@Timeout(240)
class FleetViewIT {

    private static Browser browser;
    private static Program admin;
    private static Program one;
    private static Program other;

    @BeforeAll
    static void start() {
        browser = Browser.open(1600, 900);
        admin = Program.admin("admin");
        one = Program.host("one", admin.uri());
        other = Program.host("other", admin.uri());
        one.address();
        other.address();
        await("both hosts in the server's list")
                .atMost(60, SECONDS)
                .until(FleetViewIT::registered, count -> count == 2);
    }

    private static long registered() {
        return Web.get(admin.uri().resolve("/applications")).findValuesAsString("id").stream()
                .filter("extensions"::equals)
                .count();
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable started : new AutoCloseable[] {browser, one, other, admin}) {
            close(started);
        }
    }

    private static void close(@org.jspecify.annotations.Nullable AutoCloseable started) {
        if (started != null) {
            try {
                started.close();
            } catch (Exception thrown) {
                throw new IllegalStateException(thrown);
            }
        }
    }

    @Test
    void shouldShowWhichHostIsBrokenAndSteerBoth() {
        assertThat(Web.post(
                        one.uri().resolve("/chaos"), "{\"phase\": \"poll\", \"kind\": \"linkage\", \"times\": 100000}"))
                .isEqualTo(200);

        browser.go(admin.uri().resolve("/safe-extensions").toString());
        browser.waitForText(cell("chaos", one), "quarantined");
        assertThat(browser.find(cell("chaos", other)).getText()).isEqualTo("running\n0 panics");
        browser.screenshot("fleet");

        browser.click(cell("chaos", one));
        browser.waitForText("dialog", "java.lang.NoClassDefFoundError: chaos/Gone");
        browser.screenshot("fleet-details");
        browser.type(Keys.ESCAPE);
        await("the details to close").atMost(10, SECONDS).until(() -> !browser.shows("dialog"));
        assertThat(browser.evaluate("return document.activeElement.getAttribute('aria-label')"))
                .asString()
                .startsWith("chaos on " + one.address());

        // By keyboard alone: from the row's head into the form.
        browser.evaluate("document.querySelector(\"button[aria-label^='network.udp on all']\").focus()");
        browser.type(Keys.ENTER);
        browser.click("dialog input");
        browser.type("ticket 4711", Keys.ENTER);
        browser.waitForText(".safe-answers", other.address());
        assertThat(browser.texts(".safe-answers li").split("\n"))
                .filteredOn(line -> line.equals("poll is quarantined until released"))
                .hasSize(2);
        browser.screenshot("fleet-quarantine");
        assertThat(quarantine(one)).isEqualTo("QUARANTINED: ticket 4711");
        assertThat(quarantine(other)).isEqualTo("QUARANTINED: ticket 4711");

        browser.click("dialog button[value=release]");
        browser.waitForText(".safe-answers", "poll is not in quarantine");
        assertThat(quarantine(one)).isEqualTo("CLEAR: null");
        assertThat(quarantine(other)).isEqualTo("CLEAR: null");

        browser.resize(400, 900);
        browser.type(Keys.ESCAPE);
        await("the details to close").atMost(10, SECONDS).until(() -> !browser.shows("dialog"));
        assertThat(browser.evaluate("return document.documentElement.scrollWidth"))
                .isEqualTo(400L);
        browser.screenshot("fleet-narrow");
    }

    private static String quarantine(Program host) {
        JsonNode quarantine =
                Web.get(host.uri().resolve("/actuator/extensions/network.udp")).at("/phases/poll/quarantine");
        return quarantine.path("state").asString() + ": "
                + quarantine.path("reason").asString("null");
    }

    private static String cell(String extension, Program host) {
        return "button[aria-label^='%s on %s']".formatted(extension, host.address());
    }
}
