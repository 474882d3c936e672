package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.safe.testing.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/** A comparator that panics while native code sorts, in a JVM of its own. */
@Tag("slow")
class NativeUpcallTest {

    @TempDir
    Path directory;

    @Test
    void shouldSurviveAComparatorThatPanicsInsideOfQsort() throws Exception {
        JavaProcess.Result run = run("guarded");

        assertThat(run.exit()).as(run.output()).isZero();
        assertThat(run.output().lines())
                .anyMatch(line -> line.matches("RuntimeException: calls=([1-9]\\d*) panics=\\1"))
                .anyMatch(line -> line.matches("StackOverflowError: calls=([1-9]\\d*) panics=\\1"))
                .anyMatch(line -> line.matches("OutOfMemoryError: calls=([1-9]\\d*) panics=\\1"))
                .contains("sorted: [1, 3, 5, 7, 9]");
    }

    @Test
    void shouldShowThatTheJvmDiesOfTheSameUnguarded() throws Exception {
        JavaProcess.Result run = run("bare");

        assertThat(run.exit()).as(run.output()).isNotZero();
        assertThat(run.output()).contains("IllegalStateException: boom").doesNotContain("calls=", "sorted:");
    }

    private JavaProcess.Result run(String mode) throws Exception {
        Optional<Path> java = NewerJdk.java();
        assumeTrue(
                java.isPresent(),
                "needs JDK " + NewerJdk.LEAST
                        + " or later: as the running one, beside it, in -Dsafe.test.jdk or JDK25_HOME");
        String classPath =
                JavaProcess.classPathOf(HostFunctions.class, ClassWriter.class, NullMarked.class, Logger.class);
        return JavaProcess.run(
                directory,
                List.of(
                        java.get().toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        program().toString(),
                        mode));
    }

    private static Path program() {
        Path program = Path.of(System.getProperty("basedir", ""), "src", "processTest", "upcall", "Upcall.java");
        return program.toAbsolutePath();
    }
}
