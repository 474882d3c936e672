package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.exhaustion.NearTheEnd.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows from a crossing follows from one where the stack ends: trips, probes, reports, states, interrupts. */
@Tag("exhaustion")
class NearTheEndTest {

    private static final String FEW = "(the interrupt is lost|listed as \\[java[.]lang[.]Throwable])=\\d";

    @TempDir
    Path directory;

    @Test
    void shouldLoseNothingOfACrossingNearTheEndOfTheStack() throws Exception {
        assertThat(problems("cold")).allMatch(line -> line.endsWith(" problems={}"));
    }

    /**
     * Once the JIT has merged the extension's frames with ours and gives them up again, those of the interpreter need more room
     * than the extension had. In a few levels a thread cannot be named then, nor a type.
     */
    @Test
    void shouldLoseNothingButAnInterruptOrATypeInTheLastFramesOfCompiledCode() throws Exception {
        assertThat(problems("warm"))
                .allMatch(line -> line.matches(
                        "[A-Z_]+ problems=[{]}|(REPORT|INTERRUPT[A-Z_]*) problems=[{]" + FEW + "(, " + FEW + ")?}"));
    }

    private List<String> problems(String start) throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags("-XX:+UseSerialGC", "-XX:MaxJavaStackTraceDepth=16")
                .run(NearTheEnd.class, start)
                .ended();
        return Stream.of(Scenario.values())
                .map(scenario -> run.line(scenario.name()))
                .toList();
    }
}
