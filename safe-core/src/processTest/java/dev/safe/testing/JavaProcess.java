package dev.safe.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs a JVM of its own, in which other tests have not loaded, initialised or compiled anything. */
public final class JavaProcess {

    /** The exit code of a JVM, and what it wrote to both of its outputs. */
    public record Result(int exit, String output) {}

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Class<?> program;
    private final List<String> options = new ArrayList<>();

    /**
     * Creates a JVM that runs a program.
     *
     * @param program a class with a main method
     * @param needs one class from each place that the program's class path has to include
     */
    public JavaProcess(Class<?> program, Class<?>... needs) {
        this.program = program;
        options.add("-cp");
        options.add(locationOf(program) + File.pathSeparator + classPathOf(needs));
    }

    /** Adds options of the JVM. */
    public JavaProcess with(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** Runs the program to its end. */
    public Result run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options);
        command.add(program.getName());
        command.addAll(List.of(arguments));
        Path directory = Files.createTempDirectory("safe");
        try {
            return run(directory, command);
        } finally {
            Files.delete(directory);
        }
    }

    /** Returns the JVM of the JDK that the tests run on. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Runs a command in a directory, to its end. */
    public static Result run(Path directory, List<String> command) throws IOException, InterruptedException {
        return run(directory, command, LIMIT);
    }

    /** Runs a command in a directory, to its end, which has to come within a time. */
    public static Result run(Path directory, List<String> command, Duration limit)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("safe", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ended in time: %s", command, Files.readString(output))
                    .isTrue();
            return new Result(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }

    /** Returns the part of the class path that the classes come from. */
    public static String classPathOf(Class<?>... types) {
        return Arrays.stream(types)
                .map(JavaProcess::locationOf)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns where the class comes from. */
    public static String locationOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
