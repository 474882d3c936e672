package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what jcstress interleaves, in a process of its own. */
@Tag("slow")
class StressTest {

    @TempDir
    private Path results;

    @Test
    void shouldInterleaveWithoutAForbiddenOutcome() throws Exception {
        JavaProcess.Result result = JavaProcess.run(results, jcstress());
        assertThat(result.output())
                .as("jcstress")
                .contains("Failed tests: No matches.", "All remaining tests: 6 matching test results.");
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
                "3",
                "-time",
                "300",
                "-af",
                "NONE",
                "-jvmArgs",
                "-server",
                "-r",
                results.toString());
    }
}
