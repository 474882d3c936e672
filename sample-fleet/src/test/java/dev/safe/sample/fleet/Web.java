package dev.safe.sample.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests to the processes, around the browser. */
final class Web {

    private static final HttpClient client = HttpClient.newHttpClient();
    private static final JsonMapper mapper = new JsonMapper();

    private Web() {}

    static JsonNode get(URI uri) {
        return mapper.readTree(
                sent(request(uri).header("Accept", "application/json").build()).body());
    }

    static String text(URI uri) {
        return sent(request(uri).build()).body();
    }

    static int status(URI uri) {
        return sent(request(uri).build()).statusCode();
    }

    static HttpResponse<String> post(URI uri, String json, String... headers) {
        HttpRequest.Builder post =
                request(uri).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
        if (headers.length > 0) {
            post.headers(headers);
        }
        return sent(post.build());
    }

    static void delete(URI uri, String... headers) {
        HttpRequest.Builder delete = request(uri).DELETE();
        if (headers.length > 0) {
            delete.headers(headers);
        }
        sent(delete.build());
    }

    static JsonNode json(HttpResponse<String> response) {
        return mapper.readTree(response.body());
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
    }

    private static HttpResponse<String> sent(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(request + " failed", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
