package dev.safe.sample.config;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An application that runs as a process of its own, on loopback. Its log is in {@code target/config}. Not thread-safe.
 */
final class Program implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+) ");
    private static final int START_SECONDS = 120;

    /** What only the server has on its class path. */
    private static final Predicate<Path> OF_SERVER =
            entry -> entry.getFileName().toString().startsWith("spring-cloud-config-server");

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a config server, without waiting for it.
     *
     * @param port where it serves; 0 for any port that is free
     * @param files the directory whose files it serves
     */
    static Program server(String name, int port, Path files) {
        return start(
                FileServer.class,
                entry -> true,
                name,
                "--server.port=" + port,
                "--spring.profiles.active=native",
                "--spring.cloud.config.server.native.search-locations=" + files.toUri(),
                "--spring.cloud.config.enabled=false");
    }

    /**
     * Starts a host, without waiting for it.
     *
     * @param imported where it reads its configuration
     */
    static Program host(String name, String imported) {
        return start(
                ConfiguredHost.class,
                OF_SERVER.negate(),
                name,
                "--server.port=0",
                "--spring.application.name=plugin-host",
                "--spring.config.import=" + imported,
                "--safe.supervisor.pause=20ms",
                "--management.endpoints.web.exposure.include=refresh, extensions, health, metrics",
                "--management.endpoint.extensions.access=unrestricted",
                "--management.endpoint.health.show-details=always");
    }

    private static Program start(Class<?> main, Predicate<Path> classPath, String name, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-cp");
        command.add(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> classPath.test(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(main.getName());
        command.add("--server.address=127.0.0.1");
        command.addAll(List.of(arguments));
        try {
            Path log = Files.createDirectories(Path.of("target", "config")).resolve(name + ".log");
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
        return await("port in " + log)
                .atMost(START_SECONDS, SECONDS)
                .until(this::startedAt, Optional::isPresent)
                .orElseThrow();
    }

    private Optional<URI> startedAt() {
        if (!process.isAlive()) {
            throw new IllegalStateException("The process ended: see " + log);
        }
        Matcher started = STARTED.matcher(log());
        return started.find() ? Optional.of(URI.create("http://127.0.0.1:" + started.group(1))) : Optional.empty();
    }

    /** Returns all that it has logged. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
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
