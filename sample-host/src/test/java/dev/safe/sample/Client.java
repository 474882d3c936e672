package dev.safe.sample;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** Talks to the host as its users do. */
record Client(int httpPort, HttpClient http) {

    Client(int httpPort) {
        this(httpPort, HttpClient.newHttpClient());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
        return http.sendAsync(
                request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> postJson(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(Duration.ofSeconds(20));
    }

    HttpResponse<String> chaos(String phase, String kind, int times) throws IOException, InterruptedException {
        return postJson("/chaos", "{\"phase\":\"%s\",\"kind\":\"%s\",\"times\":%d}".formatted(phase, kind, times));
    }

    HttpResponse<String> chaosUntilRestart(String phase, String kind) throws IOException, InterruptedException {
        return postJson("/chaos", "{\"phase\":\"%s\",\"kind\":\"%s\",\"until\":\"restart\"}".formatted(phase, kind));
    }

    /** How often the supervisor has restarted an extension, as Prometheus sees it; NaN if it does not know it. */
    double restarts(String extension) throws IOException, InterruptedException {
        return value("safe_extension_restarts_total{extension=\"" + extension + "\"} ");
    }

    /** How many events an extension has emitted, as Prometheus sees it; NaN if it does not know it. */
    double events(String extension) throws IOException, InterruptedException {
        return value("host_events_total{extension=\"" + extension + "\"} ");
    }

    /** A counter or gauge, as Prometheus sees it; NaN if there is none. */
    double meter(String name, String extension, String phase) throws IOException, InterruptedException {
        return value(name + "{extension=\"" + extension + "\",phase=\"" + phase + "\"} ");
    }

    private double value(String series) throws IOException, InterruptedException {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElse(Double.NaN);
    }

    static String udp(int port, String payload) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5_000);
            byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket answer = new DatagramPacket(new byte[65_507], 65_507);
            socket.receive(answer);
            return new String(Arrays.copyOf(answer.getData(), answer.getLength()), StandardCharsets.UTF_8);
        }
    }
}
