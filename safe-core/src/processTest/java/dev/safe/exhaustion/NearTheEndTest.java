package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.exhaustion.NearTheEnd.Scenario;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from a crossing follows from one where the stack ends: trips, probes, reports, states, interrupts. */
@Tag("exhaustion")
class NearTheEndTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"cold", "warm"})
    void shouldLoseNothingOfACrossingNearTheEndOfTheStack(String start) throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags("-XX:+UseSerialGC", "-XX:MaxJavaStackTraceDepth=16")
                .run(NearTheEnd.class, start)
                .ended();

        assertThat(Stream.of(Scenario.values()).map(scenario -> run.line(scenario.name())))
                .as(run.output())
                .containsExactly(Stream.of(Scenario.values())
                        .map(scenario -> scenario + " problems={}")
                        .toArray(String[]::new));
    }
}
