package dev.safe.sample.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.sample.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Measures what docs/fleet.md has figures of: how long the view takes to draw a fleet, and what it costs the server. */
@NeedsBrowser
@Tag("figures")
class FleetFiguresIT {

    private static final Started started = new Started();
    private static final Path figures = Path.of("target", "fleet", "figures.txt");

    /** Resolves with milliseconds since the page was asked for, once as many cells are on the screen. */
    private static final String WHEN_DRAWN = """
            const [cells, done] = arguments;
            const look = () => {
              if (document.querySelectorAll(".safe-matrix td").length < cells) {
                return requestAnimationFrame(look);
              }
              const drawn = performance.now();
              const asked = performance.getEntriesByType("resource")
                  .filter(({name}) => name.endsWith("/actuator/extensions"));
              const answered = Math.max(...asked.map(({responseEnd}) => responseEnd));
              const from = Math.min(...asked.map(({requestStart}) => requestStart));
              const bytes = asked.reduce((sum, {decodedBodySize}) => sum + decodedBodySize, 0);
              done({page: drawn, answer: answered - from, draw: drawn - answered, bytes, requests: asked.length});
            };
            look();""";

    private static Browser browser;
    private static Program admin;

    @BeforeAll
    static void start() throws IOException {
        admin = started.add(Samples.admin("figures", "--management.endpoints.web.exposure.include=metrics"));
        browser = started.add(Browser.open(1600, 900));
        Files.deleteIfExists(figures);
        record("instances x extensions | answer ms | draw ms | page ms | requests | MiB answered | heap MiB | RSS MiB");
        record("0 x 0 | | | | | | %s | %s".formatted(heap(), rss()));
    }

    @AfterAll
    static void stop() throws Exception {
        started.close();
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "50, 10", "50, 50", "50, 100", "50, 200", "200, 20"})
    void shouldDraw(int instances, int extensions) throws IOException {
        String application = instances + "x" + extensions;
        List<SimulatedInstance> fleet = IntStream.range(0, instances)
                .mapToObj(number -> SimulatedInstance.start(Bodies.of(extensions, number)))
                .toList();
        try {
            fleet.forEach(instance -> instance.register(admin.uri(), application));
            await().atMost(120, SECONDS).until(() -> endpoints(application) == instances);
            for (int run = 0; run < 3; run++) {
                browser.go("about:blank");
                browser.go(admin.uri().resolve("/safe-extensions").toString());
                Map<?, ?> drawn = (Map<?, ?>) browser.evaluateAsync(WHEN_DRAWN, instances * extensions);
                assertThat(browser.count(".safe-matrix td button")).isEqualTo(instances * extensions);
                record("%d x %d | %s | %s | %s | %s | %.1f | %s | %s"
                        .formatted(
                                instances,
                                extensions,
                                millis(drawn, "answer"),
                                millis(drawn, "draw"),
                                millis(drawn, "page"),
                                drawn.get("requests"),
                                ((Number) drawn.get("bytes")).doubleValue() / (1 << 20),
                                heap(),
                                rss()));
            }
        } finally {
            fleet.forEach(SimulatedInstance::close);
        }
    }

    private static long endpoints(String application) {
        return Web.get(admin.uri().resolve("/applications/" + application)).findValuesAsString("id").stream()
                .filter("extensions"::equals)
                .count();
    }

    private static long millis(Map<?, ?> drawn, String name) {
        return Math.round(((Number) drawn.get(name)).doubleValue());
    }

    /** Returns what the server uses of its heap after a collection, in MiB. */
    private static long heap() throws IOException {
        new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(admin.pid()),
                        "GC.run")
                .start()
                .onExit()
                .join();
        return Web.get(admin.uri().resolve("/actuator/metrics/jvm.memory.used?tag=area:heap"))
                        .at("/measurements/0/value")
                        .asLong()
                >> 20;
    }

    /** Returns the resident memory of the server, in MiB, where there is a /proc. */
    private static String rss() throws IOException {
        Path status = Path.of("/proc", String.valueOf(admin.pid()), "status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .map(line -> String.valueOf(Long.parseLong(line.replaceAll("\\D", "")) >> 10))
                        .findFirst()
                        .orElse("")
                : "";
    }

    private static void record(String line) throws IOException {
        Files.writeString(figures, line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
