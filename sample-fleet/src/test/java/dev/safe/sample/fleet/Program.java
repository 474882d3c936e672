package dev.safe.sample.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sample that runs as a process of its own, from its executable jar, on a free port of loopback. Its log is in
 * {@code target/fleet}. Not thread-safe.
 */
final class Program implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+) ");
    private static final int START_SECONDS = 120;

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts Spring Boot Admin's server, without waiting for it. */
    static Program admin(String name, String... arguments) {
        return start("sample.admin.jar", name, 0, List.of(arguments));
    }

    /** Starts a sample host that registers at a server, without waiting for it. */
    static Program host(String name, URI admin, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--spring.boot.admin.client.url=" + admin);
        return host(name, 0, all);
    }

    /** Starts a sample host that registers nowhere, without waiting for it. */
    static Program host(String name, int port, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--host.udp-port=0");
        all.add("--host.storage=target/fleet/" + name);
        return start("sample.host.jar", name, port, all);
    }

    private static Program start(String jar, String name, int port, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-jar");
        command.add(System.getProperty(jar));
        command.add("--server.port=" + port);
        command.addAll(arguments);
        try {
            Path log = Files.createDirectories(Path.of("target", "fleet")).resolve(name + ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new Program(process, log);
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
    }

    /** Returns where it serves, once it does. */
    URI uri() {
        return URI.create("http://" + address());
    }

    /** Returns its host and port, once it serves. */
    String address() {
        return await("port in " + log)
                .atMost(START_SECONDS, SECONDS)
                .until(this::startedAt, Optional::isPresent)
                .orElseThrow();
    }

    private Optional<String> startedAt() {
        if (!process.isAlive()) {
            throw new IllegalStateException("The process ended: see " + log);
        }
        Matcher started = STARTED.matcher(log());
        return started.find() ? Optional.of("127.0.0.1:" + started.group(1)) : Optional.empty();
    }

    /** Returns all that it has logged. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
