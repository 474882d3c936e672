package dev.safe.sample;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real Prometheus that scrapes a host once a second. Listens on a port that is free. */
final class Prometheus implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("msg=\"Listening on\" address=127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final String address;

    private Prometheus(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it.
     *
     * @param folder where it keeps its files
     * @param port where the host is
     * @param rules the alert rules
     */
    static Prometheus scraping(Path folder, int port, AlertRules rules) throws IOException {
        Path log = folder.resolve("prometheus.log");
        Files.writeString(folder.resolve("rules.yml"), rules.text());
        Files.writeString(folder.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: hosts
                    metrics_path: /actuator/prometheus
                    static_configs:
                      - targets: ["127.0.0.1:%d"]
                        labels: { application: sample-host }
                """.formatted(port));
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + folder.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=127.0.0.1:0")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            return new Prometheus(process, "http://127.0.0.1:" + portOf(process, log) + "/api/v1/");
        } catch (Throwable failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    private static String portOf(Process process, Path log) {
        return await().atMost(20, SECONDS)
                .until(
                        () -> {
                            assertThat(process.isAlive())
                                    .as(Files.readString(log))
                                    .isTrue();
                            Matcher listening = LISTENING.matcher(Files.readString(log));
                            return listening.find() ? listening.group(1) : "";
                        },
                        port -> !port.isEmpty());
    }

    /** Returns what an expression has now: the series of a vector, each with its labels and its value. */
    List<JsonNode> query(String expression) throws IOException, InterruptedException {
        return data("query?query=" + encoded(expression))
                .path("result")
                .valueStream()
                .toList();
    }

    /** Returns all values that an expression has had in the last minutes, at each scrape. */
    List<Double> history(String expression) throws IOException, InterruptedException {
        long now = System.currentTimeMillis() / 1_000;
        String range = "&start=%d&end=%d&step=1".formatted(now - 300, now);
        return data("query_range?query=" + encoded(expression) + range)
                .path("result")
                .valueStream()
                .flatMap(series -> series.path("values").valueStream())
                .map(sample -> Double.valueOf(sample.path(1).stringValue()))
                .toList();
    }

    /** Returns the values of a label among the series that a selector selects. */
    List<String> labelValues(String selector, String label) throws IOException, InterruptedException {
        return data("label/" + label + "/values?match%5B%5D=" + encoded(selector))
                .valueStream()
                .map(JsonNode::stringValue)
                .toList();
    }

    /** Returns the labels of each alert that fires, its name among them. */
    List<Map<String, String>> firing() throws IOException, InterruptedException {
        return data("alerts")
                .path("alerts")
                .valueStream()
                .filter(alert -> alert.path("state").stringValue().equals("firing"))
                .map(alert -> labels(alert.path("labels")))
                .toList();
    }

    private static Map<String, String> labels(JsonNode node) {
        Map<String, String> labels = new TreeMap<>();
        node.properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().stringValue()));
        return labels;
    }

    private JsonNode data(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body()).path("data");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
