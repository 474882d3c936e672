package dev.safe.sample.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.process.Program;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tools.jackson.databind.JsonNode;

/**
 * A sample host under all kinds of chaos in all phases, with restarts, while users send requests and packets: for as
 * long as {@code -Dsoak.length} says. Every thirty seconds all of it rests, the accounts have to be even, and what the
 * host takes up is measured and appended to {@code target/fleet/soak.txt}, which is kept if this is stopped.
 *
 * <p>Run by hand, see CONTRIBUTING.
 */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class SampleHostSoakIT {

    private static final Duration LENGTH =
            Duration.parse("PT" + System.getProperty("soak.length", "30m").toUpperCase(Locale.ROOT));

    /** Shorter in short runs, since those have to have enough rests to compare. */
    private static final long TURN_NANOS = Math.min(Duration.ofSeconds(30).toNanos(), LENGTH.toNanos() / 12);

    /**
     * How long it may take to stop: 5 s for requests, 10 s for extensions, 2 s for cells. The rest is for a machine that is
     * busy with something else.
     */
    private static final Duration STOP = Duration.ofSeconds(60);

    /**
     * The heap has one size and is resident from the start, so that what grows is something else. By default a JVM makes
     * more of its heap resident for a long time, depending on traffic.
     */
    private static final List<String> OPTIONS =
            List.of(System.getProperty("soak.jvm", "-Xms128m -Xmx128m -XX:+AlwaysPreTouch")
                    .split(" "));

    private static final Path FILE = Path.of("target", "fleet", "soak.txt");

    /**
     * Events; answers of the cells, and those that the victim refused; packets; what chaos has done; memory in MiB; and
     * numbers. What is resident is the heap, which stays as it is, the arenas of malloc, and the rest. Trimmed is when
     * malloc has given back what nobody uses. Beside it is what the JVM has from malloc, and has committed for classes and
     * for compiled code.
     */
    private static final String HEADER =
            "    s    polled finalized |   echo counter  victim | refused | echoed dropped | panics overruns restarts |"
                    + "  heap   all malloc  rest trimmed | malloc classes  code | Java all | handles classes buffers KiB";

    private static final String ROW = "%5d %9d %9d | %6d %7d %7d | %7d | %6d %7d | %6d %8d %8d |"
            + " %5.1f %5.1f %6.1f %5.1f %7.1f | %6.1f %7.1f %5.1f | %4d %3d | %7d %7d %11d";

    private static final Set<String> NEIGHBOURS = Set.of("transport.http", "network.udp", "time.tick", "console");

    /** The extensions that emit events of themselves. */
    private static final List<String> SOURCES = List.of("chaos", "time.tick");

    private static final Pattern RECEIVES = Pattern.compile("Receives packets at /127\\.0\\.0\\.1:(\\d+)");

    private static final Started started = new Started();

    /** What is there while everything rests. */
    private record Sample(Footprint footprint, long threads, long classes, long buffers) {}

    private Program host;
    private URI uri;
    private int udpPort;
    private Traffic traffic;
    private Havoc havoc;

    @AfterAll
    static void stop() throws Exception {
        started.close();
    }

    @Test
    void shouldLoseNothingKeepNothingAndStop() throws Exception {
        host = started.add(Samples.host("soak", options(), arguments()));
        uri = host.uri();
        udpPort = udpPort();
        traffic = started.add(new Traffic(uri, udpPort));
        havoc = new Havoc(uri);
        Loops loops = started.add(new Loops());
        Files.deleteIfExists(FILE);
        report("soak of %s on Java %d, %s".formatted(LENGTH, Runtime.version().feature(), OPTIONS));
        report(HEADER);
        traffic.start(loops);
        havoc.start(loops);

        List<Sample> samples = new ArrayList<>();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < LENGTH.toNanos()) {
            LockSupport.parkNanos(TURN_NANOS);
            loops.rest();
            try {
                samples.add(rest(loops, Duration.ofNanos(System.nanoTime() - begin)));
            } finally {
                loops.endRest();
            }
        }
        report("struck: " + havoc.struck());
        report("committed since the first rest, in KiB: "
                + last(samples).footprint().committedSince(samples.get(0).footprint()));

        // It stops amid all of this.
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        traffic.expectStop();
        havoc.expectStop();
        long told = System.nanoTime();
        int exit = host.stop(STOP);
        report("stopped with %d in %d ms".formatted(exit, (System.nanoTime() - told) / 1_000_000));
        loops.close();
        report("echo: %s\ncounter: %s\nvictim: %s\npackets: %s"
                .formatted(traffic.echo, traffic.counter, traffic.victim, traffic.packets));

        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(exit).as("exit code, 128 + SIGTERM").isEqualTo(143);
        softly.assertThat(loops.failures()).isEmpty();
        softly.assertThat(havoc.struck()).as("kinds by phase").hasSize(Havoc.PHASES.size() * Havoc.KINDS.size());
        softly.assertThat(host.log().lines())
                .as("errors of others than chaos")
                .filteredOn(line -> line.contains(" ERROR ") && !line.contains(": chaos: ")
                        || line.contains(" left behind: ")
                        || line.contains("OutOfMemoryError"))
                .isEmpty();
        assertFlat(softly, samples);
        softly.assertAll();
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(OPTIONS);
        options.add("-XX:NativeMemoryTracking=summary");
        options.add("-XX:TieredStopAtLevel=4"); // As in production.
        return options;
    }

    private static List<String> arguments() {
        String poll = "--safe.extensions.chaos.phases.poll.quarantine.";
        String restart = "--safe.supervisor.restart.";
        return List.of(
                "--host.storage=target/fleet/soak",
                "--safe.metrics.timers=true", // They count what is finalized.
                // So that there is more chaos than in an hour of an ordinary host.
                poll + "initial-backoff=50ms",
                poll + "max-backoff=200ms",
                restart + "initial-backoff=50ms",
                restart + "max-backoff=200ms",
                restart + "max-restarts=10000",
                // So that a machine that is busy with something else is not a fault of the host.
                "--host.reply-deadline=20s",
                "--host.step-deadline=2s",
                "--host.start-deadline=60s",
                "--safe.supervisor.teardown-deadline=10s",
                "--server.tomcat.keep-alive-timeout=10m");
    }

    private int udpPort() {
        Matcher receives = RECEIVES.matcher(host.log());
        assertThat(receives.find()).isTrue();
        return Integer.parseInt(receives.group(1));
    }

    private Sample rest(Loops loops, Duration elapsed) throws IOException {
        assertThat(loops.failures()).isEmpty();
        havoc.end();
        await("an answer of the cell that chaos feeds").atMost(60, SECONDS).until(traffic::isVictimWell);
        SOURCES.forEach(extension -> operate(extension, "quarantine"));
        await("even accounts").atMost(60, SECONDS).untilAsserted(this::assertEven);
        assertUnnoticed();
        Sample sample = measure(elapsed);
        SOURCES.forEach(extension -> operate(extension, "release"));
        return sample;
    }

    private void operate(String extension, String action) {
        var answer = Web.post(
                uri.resolve("/actuator/extensions/" + extension),
                "{\"action\": \"%s\", \"phase\": \"poll\", \"reason\": \"a rest of the soak\"}".formatted(action));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** What has come in has gone out, while nothing is under way. */
    private void assertEven() throws IOException {
        Scrape meters = Scrape.of(uri);
        for (String extension : List.of("transport.http", "network.udp", "time.tick", "chaos")) {
            assertThat(finalized(meters, "extension=\"" + extension + "\""))
                    .as("events of %s that were finalized", extension)
                    .isPositive()
                    .isEqualTo(meters.sum("host_events_total", "extension=\"" + extension + "\""));
        }
        assertThat(meters.sum("http_server_requests_seconds_count", "uri=\"/cells/{name}\""))
                .as("requests to cells")
                .isEqualTo(traffic.requests());
        assertThat(traffic.echo.right.sum()).as("echoes").isEqualTo(traffic.echo.sent.sum());
        assertThat(traffic.counter.right.sum()).as("counts").isEqualTo(traffic.counter.sent.sum());
        assertThat(traffic.victim.right.sum() + traffic.victim.refusals())
                .as("answers of the cell that chaos feeds")
                .isEqualTo(traffic.victim.sent.sum());

        long packets = meters.sum("host_events_total", "extension=\"network.udp\"");
        assertThat(packets + dropped(udpPort)).as("packets").isEqualTo(traffic.packets.sent.sum());
        assertThat(traffic.packets.right.sum() + dropped(traffic.udpPort()) + meters.sum("host_udp_unsent_total"))
                .as("packets that were echoed")
                .isEqualTo(packets);

        JsonNode echo = Web.get(uri.resolve("/cells")).get("echo");
        assertThat(echo.get("replies").asLong()).as("replies").isEqualTo(traffic.echo.sent.sum() + packets);
        assertThat(echo.get("steps").asLong()).as("steps").isEqualTo(traffic.echo.sent.sum() + packets);
    }

    private static long finalized(Scrape meters, String... labels) {
        List<String> all = new ArrayList<>(List.of(labels));
        all.add("phase=\"finalize\"");
        return meters.sum("safe_extension_calls_seconds_count", all.toArray(String[]::new));
    }

    /** Returns how many packets the kernel has dropped, since nobody received them in time. */
    private static long dropped(int port) throws IOException {
        Pattern socket = Pattern.compile("(?m)^ *\\d+: \\p{XDigit}+:%04X .* (\\d+) *$".formatted(port));
        long dropped = 0;
        for (String table : List.of("udp", "udp6")) {
            dropped += socket.matcher(Files.readString(Path.of("/proc/net", table)))
                    .results()
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .sum();
        }
        return dropped;
    }

    /** The host is well, and so are all but chaos and its cell, and have been so all the time. */
    private void assertUnnoticed() {
        Scrape meters = Scrape.of(uri);
        for (String extension : NEIGHBOURS) {
            for (String meter : List.of("panics", "errors", "overruns", "restarts")) {
                assertThat(meters.sum("safe_extension_" + meter + "_total", "extension=\"" + extension + "\""))
                        .as("%s of %s", meter, extension)
                        .isZero();
            }
        }
        JsonNode cells = Web.get(uri.resolve("/cells"));
        for (String cell : List.of("echo", "counter")) {
            assertThat(cells.get(cell).get("state").asString()).as(cell).isEqualTo("RUNNING");
            assertThat(cells.get(cell).get("dropped").asLong())
                    .as("dropped by " + cell)
                    .isZero();
            assertThat(cells.get(cell).get("restarts").asLong())
                    .as("restarts of " + cell)
                    .isZero();
        }
        assertThat(Web.get(uri.resolve("/actuator/health")).get("status").asString())
                .isEqualTo("UP");
    }

    private Sample measure(Duration elapsed) throws IOException {
        Footprint footprint = Footprint.of(host.pid());
        Scrape meters = Scrape.of(uri);
        Sample sample = new Sample(
                footprint,
                meters.sum("jvm_threads_live_threads"),
                meters.sum("jvm_classes_loaded_classes"),
                meters.sum("jvm_buffer_memory_used_bytes") >> 10);
        report(ROW.formatted(
                elapsed.toSeconds(),
                meters.sum("host_events_total"),
                finalized(meters),
                traffic.echo.right.sum(),
                traffic.counter.right.sum(),
                traffic.victim.right.sum(),
                traffic.victim.refusals(),
                traffic.packets.right.sum(),
                dropped(udpPort),
                meters.sum("safe_extension_panics_total"),
                meters.sum("safe_extension_overruns_total"),
                meters.sum("safe_extension_restarts_total"),
                mebi(footprint.heap()),
                mebi(footprint.resident()),
                mebi(footprint.residentMalloc()),
                mebi(footprint.residentRest()),
                mebi(footprint.residentTrimmed()),
                mebi(footprint.malloced()),
                mebi(footprint.committed("Class", "Metaspace")),
                mebi(footprint.committed("Code")),
                sample.threads(),
                footprint.threads(),
                footprint.handles(),
                sample.classes(),
                sample.buffers()));
        return sample;
    }

    private static double mebi(long kibi) {
        return kibi / 1024.0;
    }

    private static void assertFlat(SoftAssertions softly, List<Sample> samples) {
        // An event that leaves a reference behind is 4 MiB after a million of them.
        flat(softly, samples, "heap, in KiB", 2048, sample -> sample.footprint().heap());
        // Without what malloc keeps for later in the arena of each thread that once needed much, above all the
        // compiler's.
        // That is up to whatever is compiled, and jumps. The compiled code itself grows for minutes, and ever less.
        long compiled = LENGTH.compareTo(Duration.ofMinutes(20)) < 0 ? 48 * 1024 : 12 * 1024;
        flat(softly, samples, "resident memory, in KiB", compiled, sample -> sample.footprint()
                .residentTrimmed());
        // The web server's pool and the compiler's threads come and go.
        flat(softly, samples, "threads", 4, Sample::threads);
        flat(softly, samples, "native threads", 6, sample -> sample.footprint().threads());
        // Connections come and go: the web server closes each after a hundred requests.
        flat(softly, samples, "file handles", 6, sample -> sample.footprint().handles());
        // Reflection and lambdas that are first used late. A restart that makes one class would be hundreds.
        flat(softly, samples, "classes", 60, Sample::classes);
        // A buffer of each thread of the web server.
        flat(softly, samples, "buffers, in KiB", 256, Sample::buffers);
    }

    /** The last third is like the one before it. The first one is for warming up. Medians, since both wander. */
    private static void flat(
            SoftAssertions softly, List<Sample> samples, String what, long tolerance, ToLongFunction<Sample> value) {
        int third = samples.size() / 3;
        long before = median(samples.subList(third, 2 * third), value);
        long after = median(samples.subList(samples.size() - third, samples.size()), value);
        softly.assertThat(after).as("%s, was %d", what, before).isLessThanOrEqualTo(before + tolerance);
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> value) {
        return samples.stream()
                .mapToLong(value)
                .sorted()
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static <T> T last(List<T> all) {
        return all.get(all.size() - 1);
    }

    private static void report(String line) throws IOException {
        Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
