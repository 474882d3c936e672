package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.exhaustion.EveryDepth.Way;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A panic at any depth of the stack is contained and counted, down to the last frame. */
@Tag("exhaustion")
class EveryDepthTest {

    @TempDir
    Path directory;

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("cold", "plain", "28", "CALL_POLL", "-XX:+UseSerialGC"),
                Arguments.of("warm", "budget", "28", "GUARDED_POLL", "-XX:+UseSerialGC"),
                Arguments.of("warm", "listener", "6", "SETUP", "-XX:+UseSerialGC"),
                Arguments.of("cold", "budget", "6", "HOST_FUNCTION", "-Xint"),
                Arguments.of("warm", "quarantine", "12", "HANDLE", "-XX:TieredStopAtLevel=1"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldCountEveryPanicAtEachStackDepth(String start, String kind, String threads, String first, String flag)
            throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags(flag, "-XX:MaxJavaStackTraceDepth=16")
                .run(EveryDepth.class, start, kind, threads, first)
                .ended();

        assertThat(results(run)).as(run.output()).containsExactlyInAnyOrderElementsOf(unharmed());
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shouldCountEveryPanicAtEachStackDepthOfAVirtualThread() throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags("-Xss256k", "-XX:+UseSerialGC", "-XX:MaxJavaStackTraceDepth=16")
                .flags(SmallStacks.MOUNTED)
                .run(EveryDepth.class, "virtual", "budget", "10", "CALL_POLL")
                .ended();

        assertThat(results(run)).as(run.output()).containsExactlyInAnyOrderElementsOf(unharmed());
    }

    @Test
    void shouldNotHangWithALogThatOverflows() throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .logging()
                .run(EveryDepth.class, "cold", "quarantine", "4", "FINALIZE")
                .ended();

        assertThat(results(run)).as(run.output()).containsExactlyInAnyOrderElementsOf(unharmed());
    }

    private static List<String> results(ChildJvm.Run run) {
        return Stream.of(Way.values()).map(way -> run.line(way.name())).toList();
    }

    private static List<String> unharmed() {
        return Stream.of(Way.values())
                .map(way -> way + " threw=many rawAfterThrow=0 wrong={} lost=0 extra=0 stuck=0")
                .toList();
    }
}
