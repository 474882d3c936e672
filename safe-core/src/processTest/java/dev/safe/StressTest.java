package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs what jcstress interleaves, in a process of its own: for a moment each, which finds a missing lock, or for as long
 * as the system property {@code stress.time} says, in milliseconds.
 */
@Tag("slow")
@Tag("jcstress")
class StressTest {

    private static final int TESTS = 44;

    private static final int TIME = Integer.getInteger("stress.time", 100);

    @TempDir
    private Path results;

    @Test
    void shouldInterleaveWithoutAForbiddenOutcome() throws Exception {
        JavaProcess.Result result = JavaProcess.run(
                results, jcstress(), Duration.ofMillis(3L * TESTS * TIME).plusMinutes(10));
        assertThat(result.output())
                .as("jcstress")
                .contains("Failed tests: No matches.", "All remaining tests: " + TESTS + " matching test results.");
        assertThat(result.exit()).as(result.output()).isZero();
    }

    private List<String> jcstress() {
        return List.of(
                JavaProcess.java(),
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
                "1",
                "-time",
                String.valueOf(TIME),
                "-af",
                "NONE",
                "-jvmArgs",
                "-server",
                "-r",
                results.toString());
    }
}
