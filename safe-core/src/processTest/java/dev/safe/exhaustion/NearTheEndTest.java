package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.exhaustion.NearTheEnd.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A crossing at the end of the stack has the same consequences as any other: trips, probes, reports, states,
 * interrupts.
 */
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
     * When the JIT has merged the extension's frames with ours and has to undo that, the interpreter's frames need more
     * room than the extension had. At a few levels neither a thread nor a type can be named then.
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
