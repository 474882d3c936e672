package dev.safe.sample.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.process.Program;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server with the profile {@code login}, as viewers and operators see it. */
@NeedsBrowser
@Timeout(180)
class LoginIT {

    private static final String QUARANTINE =
            "{\"action\":\"quarantine\",\"phase\":\"poll\",\"reason\":\"ticket 4711\"}";
    private static final Started started = new Started();

    private static Browser browser;
    private static Program admin;
    private static SimulatedInstance instance;

    @BeforeAll
    static void start() {
        admin = started.add(Samples.admin(
                "login",
                "--spring.profiles.active=login",
                "--admin.passwords.viewer=looks",
                "--admin.passwords.operator=acts",
                "--admin.passwords.host=registers"));
        browser = started.add(Browser.open(1600, 640));
        instance = started.add(SimulatedInstance.start(Bodies.OLDER));
        instance.register(admin.uri(), "guarded", "Authorization", basic("host", "registers"));
    }

    @AfterAll
    static void stop() throws Exception {
        started.close();
    }

    @AfterEach
    void logOut() {
        browser.forgetCookies();
    }

    @Test
    void shouldLetAViewerLookOnly() {
        openTheInstanceAs("viewer", "looks");
        quarantine();
        browser.waitForText(
                ".safe-answers", "✗\n" + instance.address() + "\n403\nrefused: you may look, but not change this");
        assertThat(instance.writes()).doesNotContain(QUARANTINE);
    }

    @Test
    void shouldLetAnOperatorActWithTheTokenOfThePage() {
        openTheInstanceAs("operator", "acts");
        quarantine();
        browser.waitForText(".safe-answers", "✓\n" + instance.address() + "\n200\ndone");
        assertThat(instance.writes()).containsOnlyOnce(QUARANTINE);
        instance.writes().clear();
    }

    @Test
    void shouldRefuseAnOperatorWithoutTheToken() {
        String path = "/applications/guarded/actuator/extensions/network.udp";
        assertThat(Web.post(admin.uri().resolve(path), QUARANTINE, "Authorization", basic("operator", "acts"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(instance.writes()).isEmpty();
    }

    private static void openTheInstanceAs(String user, String password) {
        browser.go(admin.uri().resolve("/safe-extensions").toString());
        browser.find("input[name=username]").sendKeys(user);
        browser.find("input[name=password]").sendKeys(password);
        browser.click("[type=submit]");
        await().atMost(30, SECONDS).until(() -> browser.url().contains("/safe-extensions"));
        browser.click("button[aria-label^='network.udp on %s']".formatted(instance.address()));
    }

    private static void quarantine() {
        browser.find("dialog input").sendKeys("ticket 4711");
        browser.click("dialog button[value=quarantine]");
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }
}
