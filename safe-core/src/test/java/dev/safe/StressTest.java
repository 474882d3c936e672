package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what jcstress interleaves, in a process of its own. */
class StressTest {

    @TempDir
    private Path results;

    @Test
    void shouldInterleaveWithoutAForbiddenOutcome() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.openjdk.jcstress.Main",
                        "-t",
                        "dev.safe.*Stress.*",
                        "-f",
                        "1",
                        "-fsm",
                        "1",
                        "-sc",
                        "false",
                        "-iters",
                        "3",
                        "-time",
                        "300",
                        "-af",
                        "NONE",
                        "-jvmArgs",
                        "-server",
                        "-r",
                        results.toString())
                .directory(results.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(output)
                .as("jcstress")
                .contains("Failed tests: No matches.", "All remaining tests: 3 matching test results.");
        assertThat(process.exitValue()).as(output).isZero();
    }
}
