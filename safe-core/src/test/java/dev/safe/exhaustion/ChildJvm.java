package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.core.Appender;
import dev.safe.ExtensionGuard;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/**
 * Runs a program of this package in a JVM of its own, on the JDK that the tests run on. No agent and no flag of the build
 * reaches it: what measures coverage needs room where the stack ends.
 */
final class ChildJvm {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    /** What a program printed, and how it ended. */
    record Run(int exit, String output) {

        /** Checks that the program ended by itself. */
        Run ended() {
            assertThat(exit).as(output).isZero();
            return this;
        }

        /** Finds the only line that begins with the word. */
        String line(String word) {
            List<String> lines =
                    output.lines().filter(line -> line.startsWith(word + " ")).toList();
            assertThat(lines).as("lines of %s in:%n%s", word, output).hasSize(1);
            return lines.get(0);
        }
    }

    private final Path directory;
    private final List<String> flags = new ArrayList<>();
    private String classPath = classPath();

    /** Puts what it writes into the directory. */
    ChildJvm(Path directory) {
        this.directory = directory;
    }

    ChildJvm flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /** Replaces the class path. */
    ChildJvm on(String otherClassPath) {
        classPath = otherClassPath;
        return this;
    }

    /** Adds a logger that prints what is logged: by default nothing is. */
    ChildJvm logging() {
        flags("-Dlogback.configurationFile=exhaustion-logback.xml");
        classPath = Stream.of(classPath, locationOf(ch.qos.logback.classic.Logger.class), locationOf(Appender.class))
                .collect(Collectors.joining(File.pathSeparator));
        return this;
    }

    Run run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath);
        command.add(program.getName());
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, program.getSimpleName(), ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ended in time: %s", command, Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output));
    }

    /** Safe, what it depends on, and the programs. */
    static String classPath() {
        return libraries()
                + File.pathSeparator
                + locationOf(ExtensionGuard.class)
                + File.pathSeparator
                + locationOf(ChildJvm.class);
    }

    /** What Safe depends on. */
    static String libraries() {
        return Stream.of(ClassWriter.class, NullMarked.class, Logger.class)
                .map(ChildJvm::locationOf)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Where the class comes from. */
    static String locationOf(Class<?> type) {
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
