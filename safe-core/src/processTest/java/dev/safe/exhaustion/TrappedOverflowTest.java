package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.exhaustion.TrappedOverflow.Way;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A call that ended for want of stack has ended for the watchdog, for its thread, and for anyone who looks at the
 * extension.
 */
@Tag("exhaustion")
class TrappedOverflowTest {

    private static final int THREADS = 40;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseSerialGC", "-Xint"})
    void shouldLeaveNoCallInFlightWhereTheStackEnds(String flag) throws Exception {
        shouldLeaveNoCallInFlight(flag, "platform");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void shouldLeaveNoCallInFlightWhereTheStackOfAVirtualThreadEnds() throws Exception {
        shouldLeaveNoCallInFlight("-XX:+UseSerialGC", "virtual");
    }

    private void shouldLeaveNoCallInFlight(String flag, String threads) throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .flags(flag, "-XX:MaxJavaStackTraceDepth=64")
                .flags(SmallStacks.MOUNTED)
                .run(TrappedOverflow.class, String.valueOf(THREADS), threads)
                .ended();

        assertThat(Stream.of(Way.values()).map(way -> run.line(way.name())))
                .as(run.output())
                .containsExactly(Stream.of(Way.values())
                        .map(way -> way + " finished=" + THREADS + " strayInterrupts=0 budgetOff=0 stuckWhileIdle=0"
                                + " stuck=0 notRunning=0 lost=0 watching=true")
                        .toArray(String[]::new));
    }
}
