package dev.safe.sample.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An instance that answers as it is told to, for what no real host does, and for more of them than a machine can run.
 */
final class SimulatedInstance implements AutoCloseable {

    private static final String ACTUATOR = "application/vnd.spring-boot.actuator.v3+json";

    /** An answer of the endpoint. */
    record Answer(int status, String body) {}

    private final HttpServer server;
    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final Supplier<Answer> read;
    private final Answer write;
    private Runnable deregistration = () -> {};

    private SimulatedInstance(HttpServer server, Supplier<Answer> read, Answer write) {
        this.server = server;
        this.read = read;
        this.write = write;
    }

    /** Starts one that answers reads and writes as given. A write that is answered with 405 is not offered. */
    static SimulatedInstance start(Supplier<Answer> read, Answer write) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            SimulatedInstance instance = new SimulatedInstance(server, read, write);
            server.createContext("/actuator", instance::index);
            server.createContext(
                    "/actuator/health", exchange -> answer(exchange, new Answer(200, "{\"status\":\"UP\"}")));
            server.createContext("/actuator/extensions", instance::extensions);
            server.start();
            return instance;
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
    }

    static SimulatedInstance start(String body) {
        return start(() -> new Answer(200, body), new Answer(200, "{}"));
    }

    /** Registers it as an instance of an application. */
    SimulatedInstance register(URI admin, String application, String... headers) {
        String uri = "http://" + address();
        String registration = """
                {"name": "%s", "managementUrl": "%s/actuator", "healthUrl": "%s/actuator/health", "serviceUrl": "%s"}""".formatted(application, uri, uri, uri);
        HttpResponse<String> registered = Web.post(admin.resolve("/instances"), registration, headers);
        assertThat(registered.statusCode()).isEqualTo(201);
        URI self = admin.resolve("/instances/" + Web.json(registered).path("id").asString());
        deregistration = () -> Web.delete(self, headers);
        return this;
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Returns the bodies that were posted to it. */
    List<String> writes() {
        return writes;
    }

    private void index(HttpExchange exchange) throws IOException {
        String links = Stream.of("health", "extensions")
                .map(id -> "\"%1$s\": {\"href\": \"http://%2$s/actuator/%1$s\", \"templated\": false}"
                        .formatted(id, address()))
                .collect(Collectors.joining(", ", "{\"_links\": {", "}}"));
        boolean known = exchange.getRequestURI().getPath().equals("/actuator");
        answer(exchange, known ? new Answer(200, links) : new Answer(404, ""));
    }

    private void extensions(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "POST" -> {
                writes.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                answer(exchange, write);
            }
            case "OPTIONS" -> {
                exchange.getResponseHeaders().set("Allow", write.status() == 405 ? "GET,OPTIONS" : "GET,POST,OPTIONS");
                answer(exchange, new Answer(200, ""));
            }
            default -> answer(exchange, read.get());
        }
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", ACTUATOR);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Ends without a word, as a host that crashes. */
    void crash() {
        server.stop(0);
    }

    @Override
    public void close() {
        deregistration.run();
        server.stop(0);
    }
}
