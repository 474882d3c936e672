package dev.safe.sample.process;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An application with a web server that runs as a process of its own, on loopback. Not thread-safe. */
public final class Program implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+) ");
    private static final int START_SECONDS = 120;

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a program on the JDK of the tests, without waiting for it.
     *
     * @param directory the directory for its log, in {@code target}
     * @param name the name of its log
     * @param arguments the JVM's options beside those that make it start quickly, how the program is found, and its
     *     arguments
     */
    public static Program start(String directory, String name, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(arguments);
        try {
            Path log = Files.createDirectories(Path.of("target", directory)).resolve(name + ".log");
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
    public URI uri() {
        return URI.create("http://" + address());
    }

    /** Returns its host and port, once it serves. */
    public String address() {
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
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
    }

    /** Returns the id of its process. */
    public long pid() {
        return process.pid();
    }

    /**
     * Asks it to stop, by SIGTERM.
     *
     * @param deadline how long that may take
     * @return its exit code
     * @throws IllegalStateException if it takes longer
     */
    public int stop(Duration deadline) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(deadline.toMillis(), MILLISECONDS)) {
            throw new IllegalStateException("The process has not ended within " + deadline + ": see " + log);
        }
        return process.exitValue();
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
