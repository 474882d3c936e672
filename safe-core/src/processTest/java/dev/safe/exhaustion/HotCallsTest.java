package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows that the JIT compiles spun classes, although they contain bytecode that no Java compiler would write. */
@Tag("slow")
class HotCallsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+TieredCompilation", "-XX:-TieredCompilation", "-XX:TieredStopAtLevel=1"})
    void shouldCompileWhatIsSpun(String tiers) throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags(tiers, "-XX:-BackgroundCompilation", "-XX:+PrintCompilation")
                .run(HotCalls.class)
                .ended();

        assertThat(run.output().lines().filter(line -> line.contains("$$Guarded")))
                .as(run.output())
                .anyMatch(line -> line.contains("::getAsInt"))
                .anyMatch(line -> line.contains("::call"))
                .noneMatch(line -> line.contains("SKIPPED"));
        assertThat(run.line("sum")).isEqualTo("sum 3000000");
    }

    @Test
    void shouldInlineTheWayOfACall() throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags("-XX:-BackgroundCompilation", "-XX:+UnlockDiagnosticVMOptions", "-XX:+PrintInlining")
                .run(HotCalls.class)
                .ended();

        assertThat(run.output().lines())
                .anyMatch(line -> line.matches(".*dev[.]safe[.]Boundary::call [(]\\d+ bytes[)] +inline [(]hot[)].*"))
                .anyMatch(line ->
                        line.matches(".*dev[.]safe[.]Boundary::finalizeStep [(]\\d+ bytes[)] +inline [(]hot[)].*"))
                .noneMatch(line -> line.matches(
                        ".*(dev[.]safe[.]Boundary::(call|finalizeStep)|[$][$]Guarded).* hot method too big.*"));
    }
}
