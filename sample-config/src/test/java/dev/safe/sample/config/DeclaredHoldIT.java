package dev.safe.sample.config;

import static dev.safe.sample.config.Host.HTTP;
import static dev.safe.sample.config.Host.UDP;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.process.Program;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A file on a config server holds extensions in quarantine, on all hosts that read it. */
class DeclaredHoldIT {

    /** Sets something else, since Spring Cloud takes a file without any properties for one that it need not read. */
    private static final String NOTHING = "logging.level.fleet: info\n";

    @TempDir
    private static Path files;

    private static Path file;
    private static Program server;
    private static Host first;

    /** A host that also starts, and refreshes, without a server. */
    private static Host second;

    @BeforeAll
    static void start() throws IOException {
        file = files.resolve("plugin-host.yml");
        Files.writeString(file, NOTHING);
        server = Applications.server("server", 0, files);
        URI uri = server.uri();
        first = new Host(Applications.host("first", "configserver:" + uri));
        second = new Host(Applications.host("second", "optional:configserver:" + uri));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable started : Arrays.asList(first, second, server)) {
            if (started != null) {
                started.close();
            }
        }
    }

    @BeforeEach
    void clear() throws IOException {
        write(NOTHING);
        refreshed().forEach(DeclaredHoldIT::assertRuns);
    }

    @Test
    void shouldReachAllHostsAndTheOnesThatStartLater() throws IOException {
        hold("ticket 4711");
        for (Host host : refreshed()) {
            assertHolds(host, "ticket 4711");
            assertRuns(host, HTTP);
        }

        try (Host third = new Host(Applications.host("third", "configserver:" + server.uri()))) {
            assertHolds(third, "ticket 4711");
            assertRuns(third, HTTP);
            assertThat(third.polls(UDP)).isZero();

            for (Host host : List.of(first, second, third)) {
                Answer answer = host.release(UDP);
                assertThat(answer.status()).isEqualTo(409);
                assertThat(answer.message()).isEqualTo(declared("ticket 4711"));
            }

            write(NOTHING);
            assertThat(third.refresh().status()).isEqualTo(200);
            assertRuns(third);
            assertThat(third.gauge("quarantined", UDP)).isZero();
            assertThat(third.gauge("disabled", UDP)).isZero();
            for (Host host : refreshed()) {
                assertRuns(host);
            }
        }
    }

    @Test
    void shouldChangeTheReason() throws IOException {
        hold("ticket 4711");
        refreshed();
        hold("ticket 4712");
        for (Host host : refreshed()) {
            assertHolds(host, "ticket 4712");
            assertThat(host.release(UDP).message()).isEqualTo(declared("ticket 4712"));
        }
    }

    @Test
    void shouldHoldNothingWithoutAReason() throws IOException {
        for (String none : List.of("", "  ")) {
            hold(none);
            refreshed().forEach(DeclaredHoldIT::assertRuns);
        }
    }

    /** Spring Cloud leaves what it has read from a file until the file says otherwise, and docs/fleet.md warns of that. */
    @Test
    void shouldEndAHoldThatIsLeftEmptyAndNotOneWhoseFileIs() throws IOException {
        hold("ticket 4711");
        refreshed();
        write("# Nothing is held.\n");
        refreshed().forEach(host -> assertHolds(host, "ticket 4711"));
        Files.delete(file);
        refreshed().forEach(host -> assertHolds(host, "ticket 4711"));
        hold("");
        refreshed().forEach(DeclaredHoldIT::assertRuns);
    }

    @Test
    void shouldShowAHoldInHealthWithoutTakingTheHostDown() throws IOException {
        hold("ticket 4711");
        for (Host host : refreshed()) {
            Answer health = host.health();
            assertThat(health.status()).isEqualTo(200);
            JsonNode extensions = health.body().path("components").path("extensions");
            assertThat(extensions.path("status").asString()).isEqualTo("UP");
            assertThat(extensions.path("details").path(UDP).asString()).isEqualTo("QUARANTINED");
            assertThat(extensions.path("details").path(HTTP).asString()).isEqualTo("RUNNING");
        }
    }

    @Test
    void shouldKeepTheHoldWhileTheServerIsDown() throws IOException {
        hold("ticket 4711");
        refreshed();
        int port = server.uri().getPort();
        server.close();
        write(NOTHING);

        try {
            assertThat(first.refresh().status()).isEqualTo(500);
            assertThat(second.refresh().status()).isEqualTo(200);
            for (Host host : List.of(first, second)) {
                assertHolds(host, "ticket 4711");
                assertThat(host.release(UDP).message()).isEqualTo(declared("ticket 4711"));
            }
        } finally {
            server = Applications.server("server-again", port, files);
        }
        assertThat(server.uri().getPort()).isEqualTo(port);
        refreshed().forEach(DeclaredHoldIT::assertRuns);
    }

    @Test
    void shouldKeepTheHoldIfWhatReplacesItIsNotValid() throws IOException {
        hold("ticket 4711");
        refreshed();
        write("safe.phases.setup.quarantine.hold: all stop\n");
        for (Host host : refreshed()) {
            assertHolds(host, "ticket 4711");
            assertThat(host.log())
                    .contains("Policies under 'safe' stay as they were: The property"
                            + " 'safe.phases.setup.quarantine.hold' has the value 'all stop'."
                            + " It must not be set for setup and teardown, which are never rejected.");
            Answer answer = host.release(UDP);
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.message()).isEqualTo(declared("ticket 4711"));
        }
        write(NOTHING);
        refreshed().forEach(DeclaredHoldIT::assertRuns);
    }

    @Test
    void shouldWarnOfAHoldForAnUnknownExtension() throws IOException {
        write("safe.extensions[network.upd].phases.poll.quarantine.hold: ticket 4711\n");
        for (Host host : refreshed()) {
            assertThat(host.log())
                    .contains(
                            "'safe.extensions[network.upd]' matches no extension, there is [network.http, network.udp]");
            assertRuns(host);
        }
    }

    @Test
    void shouldKeepAQuarantineByHandOnceTheHoldIsCleared() throws IOException {
        hold("ticket 4711");
        refreshed();
        assertThat(first.quarantine(UDP, "by hand").status()).isEqualTo(200);
        assertHolds(first, "ticket 4711");

        write(NOTHING);
        refreshed();
        assertThat(first.quarantine(UDP).path("reason").asString()).isEqualTo("by hand");
        assertThat(first.hold(UDP)).isEmpty();
        assertRuns(second);
        assertThat(first.release(UDP).status()).isEqualTo(200);
        assertRuns(first);
    }

    @Test
    void shouldOutlastARestart() throws IOException {
        hold("ticket 4711");
        for (Host host : refreshed()) {
            long restarts = host.extension(UDP).path("restarts").asLong();
            assertThat(host.restart(UDP).status()).isEqualTo(200);
            await().atMost(20, SECONDS)
                    .until(() -> host.extension(UDP).path("restarts").asLong() == restarts + 1
                            && host.extension(UDP).path("state").asString().equals("QUARANTINED"));
            assertHolds(host, "ticket 4711");
        }
    }

    @Test
    void shouldHoldAllExtensionsButTheOnesThatSayOtherwise() throws IOException {
        write("""
                safe:
                  phases:
                    poll: { quarantine: { hold: all stop } }
                  extensions:
                    "[network.http]":
                      phases:
                        poll: { quarantine: { hold: } }
                """);
        for (Host host : refreshed()) {
            assertHolds(host, "all stop");
            assertRuns(host, HTTP);
            assertThat(host.release(UDP).message())
                    .isEqualTo("the quarantine of \"network.udp\" in poll is declared by"
                            + " 'safe.phases.poll.quarantine.hold' (all stop) in Config Server file:%s:3:33, and ends when that is cleared"
                                    .formatted(file));
        }
    }

    private static void hold(String reason) throws IOException {
        write("""
                safe:
                  extensions:
                    "[network.udp]":
                      phases:
                        poll: { quarantine: { hold: "%s" } }
                """.formatted(reason));
    }

    private static void write(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }

    private static String declared(String reason) {
        return "the quarantine of \"network.udp\" in poll is declared by"
                + " 'safe.extensions[network.udp].phases.poll.quarantine.hold' (%s) in Config Server file:%s:5:37, and ends when that is cleared"
                        .formatted(reason, file);
    }

    private static List<Host> refreshed() {
        List<Host> hosts = List.of(first, second);
        hosts.parallelStream() // Each takes a second or so.
                .forEach(host -> assertThat(host.refresh().status()).isEqualTo(200));
        return hosts;
    }

    private static void assertHolds(Host host, String reason) {
        assertThat(host.hold(UDP)).isEqualTo(reason);
        assertThat(host.quarantine(UDP).path("state").asString()).isEqualTo("QUARANTINED");
        assertThat(host.quarantine(UDP).path("declared").asBoolean()).isTrue();
        assertThat(host.quarantine(UDP).path("reason").asString()).isEqualTo(reason);
        assertThat(host.gauge("quarantined", UDP)).isOne();
        assertThat(host.gauge("disabled", UDP)).isOne();
        long polls = host.polls(UDP);
        long rejected = host.rejected(UDP);
        await().atMost(20, SECONDS).until(() -> host.rejected(UDP) > rejected + 1);
        assertThat(host.polls(UDP)).isEqualTo(polls);
    }

    private static void assertRuns(Host host) {
        assertThat(host.hold(UDP)).isEmpty();
        assertThat(host.quarantine(UDP).path("state").asString()).isEqualTo("CLEAR");
        assertThat(host.quarantine(UDP).has("declared")).isFalse();
        assertRuns(host, UDP);
    }

    private static void assertRuns(Host host, String extension) {
        long polls = host.polls(extension);
        await().atMost(20, SECONDS).until(() -> host.polls(extension) > polls);
    }
}
