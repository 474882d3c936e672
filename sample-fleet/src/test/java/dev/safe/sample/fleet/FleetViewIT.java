package dev.safe.sample.fleet;

import static dev.safe.sample.fleet.Bodies.FULL;
import static dev.safe.sample.fleet.Bodies.OLDER;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.fleet.SimulatedInstance.Answer;
import dev.safe.sample.process.Program;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** Two sample hosts, the server and Chromium, each a process of its own. */
@NeedsBrowser
@Timeout(240)
class FleetViewIT {

    private static final Started started = new Started();

    private static Browser browser;
    private static Program admin;
    private static Program one;
    private static Program other;

    @BeforeAll
    static void start() {
        admin = started.add(Samples.admin("admin"));
        browser = started.add(Browser.open(1600, 640));
        one = started.add(Samples.host("one", admin.uri()));
        other = started.add(Samples.host("other", admin.uri()));
        one.address();
        other.address();
        await("both hosts in the server's list").atMost(60, SECONDS).until(() -> endpoints("sample-host") == 2);
    }

    /** Counts the instances of an application that the server knows to have the endpoint. */
    private static long endpoints(String application) {
        return Web.get(admin.uri().resolve("/applications/" + application)).findValuesAsString("id").stream()
                .filter("extensions"::equals)
                .count();
    }

    @AfterAll
    static void stop() throws Exception {
        started.close();
    }

    @Test
    void shouldShowWhichHostIsBrokenAndSteerBoth() {
        assertThat(Web.post(
                                one.uri().resolve("/chaos"),
                                "{\"phase\": \"poll\", \"kind\": \"linkage\", \"times\": 100000}")
                        .statusCode())
                .isEqualTo(200);

        browser.resize(1600, 640);
        browser.go(admin.uri().resolve("/safe-extensions").toString());
        browser.waitForText(cell("chaos", one), "quarantined");
        assertThat(browser.find(cell("chaos", other)).getText()).isEqualTo("running\n0 panics");
        browser.screenshot("fleet");

        browser.click(cell("chaos", one));
        browser.waitForText("dialog", "java.lang.NoClassDefFoundError: chaos/Gone");
        browser.screenshot("fleet-details");
        browser.type(Keys.ESCAPE);
        browser.waitUntilGone("dialog");
        assertThat(browser.evaluate("return document.activeElement.getAttribute('aria-label')"))
                .asString()
                .startsWith("chaos on " + one.address());

        // By keyboard alone, from the matrix into the form.
        browser.tabTo("button[aria-label^='network.udp on all']");
        browser.type(Keys.ENTER);
        browser.tabTo("dialog input");
        browser.type("ticket 4711", Keys.ENTER);
        browser.waitForText(".safe-answers", other.address());
        assertThat(answers())
                .containsExactlyInAnyOrder(
                        "✓ %s 200 poll is quarantined until released".formatted(one.address()),
                        "✓ %s 200 poll is quarantined until released".formatted(other.address()));
        browser.screenshot("fleet-quarantine");
        assertThat(quarantine(one)).isEqualTo("QUARANTINED: ticket 4711");
        assertThat(quarantine(other)).isEqualTo("QUARANTINED: ticket 4711");

        browser.click("dialog button[value=release]");
        browser.waitForText(".safe-answers", "poll is not in quarantine");
        assertThat(quarantine(one)).isEqualTo("CLEAR: null");
        assertThat(quarantine(other)).isEqualTo("CLEAR: null");

        browser.resize(400, 900);
        browser.type(Keys.ESCAPE);
        browser.waitUntilGone("dialog");
        assertThat(browser.evaluate("return document.documentElement.scrollWidth"))
                .isEqualTo(400L);
        browser.screenshot("fleet-narrow");
    }

    @Test
    void shouldBeInTheMenuOfAnInstance() {
        String id = Web.get(admin.uri().resolve("/applications/sample-host"))
                .at("/instances/0/id")
                .asString();
        browser.resize(1600, 640);
        browser.go(admin.uri().resolve("/instances/%s/details".formatted(id)).toString());
        browser.click("a[href$='/instances/%s/safe-extensions']".formatted(id));
        browser.waitForText(cell("time.tick", one), "running");
        assertThat(browser.count("thead .safe-current")).isEqualTo(1);
        browser.screenshot("fleet-instance");
    }

    @Test
    void shouldNotActOnAllOnceTheChosenInstanceIsGone() {
        try (SimulatedInstance going = SimulatedInstance.start(OLDER);
                SimulatedInstance staying = SimulatedInstance.start(OLDER)) {
            going.register(admin.uri(), "dwindling");
            staying.register(admin.uri(), "dwindling");
            await().atMost(60, SECONDS).until(() -> endpoints("dwindling") == 2);
            browser.go(admin.uri().resolve("/safe-extensions").toString());
            browser.click(cell("network.udp", going.address()));
            browser.find("dialog button[value=quarantine]");
            going.close();
            browser.waitForText("dialog", "This instance does not show it: not here.");
            assertThat(browser.count("dialog button[value]")).isZero();
        }
    }

    @Test
    void shouldRefuseAWriteWithoutTheTokenOfItsOwnPage() {
        String quarantine = "{\"action\": \"quarantine\", \"phase\": \"poll\", \"reason\": \"none of your business\"}";
        assertThat(Web.post(admin.uri().resolve("/applications/sample-host/actuator/extensions/time.tick"), quarantine)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void shouldDrawInstancesThatAnswerOddlyOrNotAtAll() {
        Answer ok = new Answer(200, "{}");
        Answer held = new Answer(
                409, "{\"message\": \"held by 'safe.extensions[network.udp].phases.poll.quarantine.hold'\"}");
        try (SimulatedInstance full = SimulatedInstance.start(() -> new Answer(200, FULL), held);
                SimulatedInstance older = SimulatedInstance.start(OLDER);
                SimulatedInstance readOnly =
                        SimulatedInstance.start(() -> new Answer(200, OLDER), new Answer(405, ""));
                SimulatedInstance missing = SimulatedInstance.start(() -> new Answer(404, ""), new Answer(404, ""));
                SimulatedInstance refusing = SimulatedInstance.start(() -> new Answer(403, ""), new Answer(403, ""));
                SimulatedInstance garbled = SimulatedInstance.start("<html>");
                SimulatedInstance gone = SimulatedInstance.start(OLDER)) {
            List<SimulatedInstance> all = List.of(full, older, readOnly, missing, refusing, garbled, gone);
            all.forEach(instance -> instance.register(admin.uri(), "odd"));
            await("all of them in the server's list").atMost(60, SECONDS).until(() -> endpoints("odd") == all.size());
            gone.crash();

            browser.go(admin.uri().resolve("/safe-extensions").toString());
            String matrix = "section[aria-label='Extensions of odd'] ";
            browser.waitForText(matrix + "header", "7 instances, 4 without an answer");
            assertThat(browser.find(cell("network.udp", full.address())).getText())
                    .isEqualTo("quarantined\n1,200 panics");
            assertThat(browser.find(cell("network.udp", older.address())).getText())
                    .isEqualTo("running\n2 panics");
            assertThat(browser.texts(matrix + "tbody th").split("\n(?=127)"))
                    .contains(
                            missing.address() + "\nno endpoint",
                            refusing.address() + "\nrefused (403)",
                            garbled.address() + "\nanswer not understood",
                            gone.address() + "\nnot reachable");

            browser.click(cell("network.udp", full.address()));
            browser.waitForText("dialog", "3 restarts");
            browser.click(".safe-dialog__body > details > summary");
            assertThat(browser.texts("dialog"))
                    .contains("Last error, returned by setup")
                    .contains("java.io.IOException: <b>port</b> taken")
                    .contains("Beans that are not contained: <i>bean</i>")
                    .contains("ticket <u>4711</u>")
                    .contains("Declared by the host's configuration: no request can release it.")
                    .contains("java.lang.IllegalStateException: <img src=x onerror='document.title = 1'><script>")
                    .contains("enabled true, threshold 5, window 10s, initial-backoff 1s, hold ticket 4711");
            assertThat(browser.count(".safe :is(img, script, b, i, u)")).isZero();
            browser.click("dialog button[value=release]");
            browser.waitForText(".safe-answers", "held by");
            assertThat(answers())
                    .containsExactly("✗ %s 409 held by 'safe.extensions[network.udp].phases.poll.quarantine.hold'"
                            .formatted(full.address()));
            browser.find("dialog input").sendKeys("ticket 42");
            browser.click("dialog button[value=restart]");
            await().atMost(10, SECONDS).until(() -> full.writes().size() == 2);
            assertThat(full.writes())
                    .containsExactly(
                            "{\"action\":\"release\",\"phase\":\"poll\"}",
                            "{\"action\":\"restart\",\"reason\":\"ticket 42\"}");

            browser.select("dialog select", readOnly.address());
            browser.waitForText(".safe-actions", "This instance is read-only.");
            assertThat(browser.count(".safe-actions button")).isZero();

            browser.select("dialog select", older.address());
            browser.waitForText("dialog", "This instance does not show its policies.");
            assertThat(browser.shows("dialog button[value=release]")).isTrue();
            assertThat(browser.count("dialog button[value=restart]")).isZero();

            browser.select("dialog select", missing.address());
            browser.waitForText("dialog", "This instance does not show it: no endpoint.");

            browser.select("dialog select", "all 7 of odd");
            browser.find("dialog input").sendKeys("ticket 42");
            browser.click("dialog button[value=quarantine]");
            browser.waitForText(".safe-answers", gone.address());
            assertThat(answers())
                    .containsExactlyInAnyOrder(
                            "✗ %s 409 held by 'safe.extensions[network.udp].phases.poll.quarantine.hold'"
                                    .formatted(full.address()),
                            "✓ %s 200 done".formatted(older.address()),
                            "✓ %s 200 done".formatted(garbled.address()),
                            "✗ %s 405 read-only: management.endpoint.extensions.access does not allow writes"
                                    .formatted(readOnly.address()),
                            "✗ %s 404 no such extension, or no endpoint".formatted(missing.address()),
                            "✗ %s 403 refused: you may look, but not change this".formatted(refusing.address()),
                            "✗ %s 502 not reachable".formatted(gone.address()));
        }
    }

    @Test
    void shouldAskOneByOneWhatIsTooLargeForTheServerToCollect() {
        try (SimulatedInstance large = SimulatedInstance.start(Bodies.of(400, 0));
                SimulatedInstance small = SimulatedInstance.start(Bodies.of(1, 0))) {
            large.register(admin.uri(), "large");
            small.register(admin.uri(), "large");
            await().atMost(60, SECONDS).until(() -> endpoints("large") == 2);
            assertThat(Web.status(admin.uri().resolve("/applications/large/actuator/extensions")))
                    .isEqualTo(500);

            browser.go(admin.uri().resolve("/safe-extensions").toString());
            assertThat(browser.find(cell("extension.000", small.address())).getText())
                    .isEqualTo("quarantined\n5 panics");
            assertThat(browser.count(
                            "button[aria-label^='extension.'][aria-label*=' on %s']".formatted(large.address())))
                    .isEqualTo(400);
        }
    }

    private static List<String> answers() {
        return Arrays.stream(browser.texts(".safe-answers").split("\n(?=[✓✗])"))
                .map(answer -> answer.replace('\n', ' '))
                .toList();
    }

    private static String quarantine(Program host) {
        JsonNode quarantine =
                Web.get(host.uri().resolve("/actuator/extensions/network.udp")).at("/phases/poll/quarantine");
        return quarantine.path("state").asString() + ": "
                + quarantine.path("reason").asString("null");
    }

    private static String cell(String extension, Program host) {
        return cell(extension, host.address());
    }

    private static String cell(String extension, String address) {
        return "button[aria-label^='%s on %s']".formatted(extension, address);
    }
}
