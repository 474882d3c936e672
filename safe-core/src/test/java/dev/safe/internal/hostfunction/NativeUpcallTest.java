package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/** A comparator that panics while native code sorts, in a JVM of its own. */
class NativeUpcallTest {

    @TempDir
    Path directory;

    @Test
    void shouldSurviveAComparatorThatPanicsInsideOfQsort() throws Exception {
        Run run = run("guarded");

        assertThat(run.exit()).as(run.output()).isZero();
        assertThat(run.output().lines())
                .anyMatch(line -> line.matches("RuntimeException: calls=([1-9]\\d*) panics=\\1"))
                .anyMatch(line -> line.matches("StackOverflowError: calls=([1-9]\\d*) panics=\\1"))
                .anyMatch(line -> line.matches("OutOfMemoryError: calls=([1-9]\\d*) panics=\\1"))
                .contains("sorted: [1, 3, 5, 7, 9]");
    }

    @Test
    void shouldShowThatTheJvmDiesOfTheSameUnguarded() throws Exception {
        Run run = run("bare");

        assertThat(run.exit()).as(run.output()).isNotZero();
        assertThat(run.output()).contains("IllegalStateException: boom").doesNotContain("calls=", "sorted:");
    }

    private record Run(int exit, String output) {}

    private Run run(String mode) throws Exception {
        Optional<Path> java = NewerJdk.java();
        assumeTrue(
                java.isPresent(),
                "needs JDK " + NewerJdk.LEAST
                        + " or later: as the running one, beside it, in -Dsafe.test.jdk or JDK25_HOME");
        Path output = directory.resolve(mode + ".txt");
        Process process = new ProcessBuilder(
                        java.get().toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath(),
                        program().toString(),
                        mode)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), Files.readString(output));
    }

    private static Path program() {
        Path program = Path.of(System.getProperty("basedir", ""), "src", "test", "upcall", "Upcall.java");
        return program.toAbsolutePath();
    }

    /** Safe and what it depends on. */
    private static String classPath() {
        return Stream.of(HostFunctions.class, ClassWriter.class, NullMarked.class, Logger.class)
                .map(NativeUpcallTest::locationOf)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String locationOf(Class<?> type) {
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
