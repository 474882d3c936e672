package dev.safe.sample.config;

import dev.safe.sample.process.Program;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Starts the config server and its hosts. Their logs are in {@code target/config}. */
final class Applications {

    /** What only the server has on its class path. */
    private static final Predicate<Path> OF_SERVER =
            entry -> entry.getFileName().toString().startsWith("spring-cloud-config-server");

    private Applications() {}

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
        List<String> all = new ArrayList<>();
        all.add("-cp");
        all.add(Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> classPath.test(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator)));
        all.add(main.getName());
        all.add("--server.address=127.0.0.1");
        all.addAll(List.of(arguments));
        return Program.start("config", name, all);
    }
}
