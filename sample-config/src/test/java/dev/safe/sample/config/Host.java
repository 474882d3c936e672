package dev.safe.sample.config;

import dev.safe.sample.process.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running host, as its operators see it. Not thread-safe. */
final class Host implements AutoCloseable {

    static final String UDP = "network.udp";
    static final String HTTP = "network.http";

    private static final HttpClient client = HttpClient.newHttpClient();
    private static final JsonMapper mapper = new JsonMapper();

    private final Program program;

    Host(Program program) {
        this.program = program;
    }

    /** Lets it read its configuration anew. */
    Answer refresh() {
        return post("/actuator/refresh", "{}");
    }

    Answer quarantine(String extension, String reason) {
        return act(extension, "{'action': 'quarantine', 'phase': 'poll', 'reason': '%s'}".formatted(reason));
    }

    Answer release(String extension) {
        return act(extension, "{'action': 'release', 'phase': 'poll', 'reason': 'it works again'}");
    }

    Answer restart(String extension) {
        return act(extension, "{'action': 'restart', 'reason': 'to see'}");
    }

    private Answer act(String extension, String request) {
        return post("/actuator/extensions/" + extension, request.replace('\'', '"'));
    }

    JsonNode extension(String extension) {
        return get("/actuator/extensions/" + extension).body();
    }

    JsonNode poll(String extension) {
        return extension(extension).path("phases").path("poll");
    }

    JsonNode quarantine(String extension) {
        return poll(extension).path("quarantine");
    }

    /** Returns why the configuration holds the polls of an extension, or an empty text. */
    String hold(String extension) {
        return poll(extension).path("policy").path("quarantine").path("hold").asString("");
    }

    /** Returns how many polls did not reach an extension. */
    long rejected(String extension) {
        return poll(extension).path("rejected").asLong();
    }

    /** Returns how many polls have reached an extension, by its own count. */
    long polls(String extension) {
        return get("/polls").body().path(extension).asLong();
    }

    /** Returns a gauge of the polls of an extension. */
    double gauge(String name, String extension) {
        return get("/actuator/metrics/safe.extension.%s?tag=phase:poll&tag=extension:%s".formatted(name, extension))
                .body()
                .path("measurements")
                .path(0)
                .path("value")
                .asDouble(Double.NaN);
    }

    Answer health() {
        return get("/actuator/health");
    }

    String log() {
        return program.log();
    }

    private Answer get(String path) {
        return sent(request(path).build());
    }

    private Answer post(String path, String json) {
        return sent(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(program.uri().resolve(path)).timeout(Duration.ofSeconds(60));
    }

    private static Answer sent(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), mapper.readTree(response.body()));
        } catch (IOException failed) {
            throw new UncheckedIOException(request + " failed", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
