package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.HostileThrowable;
import dev.safe.testing.HostileThrowables;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThrowableTextTest {

    private static final StackTraceElement POLL = frame("com.acme.Udp", "poll", 42);
    private static final StackTraceElement JDK = frame("java.util.Objects", "requireNonNull", 233);
    private static final StackTraceElement GUARD = frame("dev.safe.Boundary", "call", 86);
    private static final StackTraceElement HOST = frame("com.host.StepLoop", "run", 7);

    static StackTraceElement frame(String type, String method, int line) {
        return new StackTraceElement(type, method, type.substring(type.lastIndexOf('.') + 1) + ".java", line);
    }

    private static List<String> framesOf(StackTraceElement... trace) {
        return ThrowableText.of(HostileThrowables.traced(trace)).frames();
    }

    @Test
    void shouldTellTypeAndMessage() {
        ThrowableText text = ThrowableText.of(new IllegalStateException("boom"));
        assertThat(text.type()).isEqualTo("java.lang.IllegalStateException");
        assertThat(text.message()).isEqualTo("boom");
    }

    @Test
    void shouldHaveNoMessageWhereThereIsNone() {
        assertThat(ThrowableText.of(new IllegalStateException()).message()).isNull();
    }

    @Test
    void shouldMakeTheMessageSafe() {
        assertThat(ThrowableText.of(new IllegalStateException("a\r\nb\u001B[2J"))
                        .message())
                .isEqualTo("a\\r\\nb\\u001B[2J");
    }

    @Test
    void shouldSayThatTheMessageCouldNotBeHad() {
        Throwable hostile = new HostileThrowable("boom").message(() -> {
            throw new IllegalStateException("hostile");
        });
        assertThat(ThrowableText.of(hostile).message()).isEqualTo("(getMessage threw java.lang.IllegalStateException)");
        assertThat(ThrowableText.describe(hostile))
                .isEqualTo("dev.safe.testing.HostileThrowable: (getMessage threw java.lang.IllegalStateException)");
    }

    @Test
    void shouldDescribeAsToStringDoes() {
        for (Throwable thrown : List.of(
                new IllegalStateException("boom"),
                new IOException(),
                new AssertionError(""),
                new RuntimeException(new IOException("disk")))) {
            assertThat(ThrowableText.describe(thrown)).isEqualTo(thrown.toString());
        }
    }

    @Test
    void shouldDescribeWithinTheLimit() {
        assertThat(ThrowableText.describe(new IllegalStateException("x".repeat(1_024))))
                .isEqualTo("java.lang.IllegalStateException: " + "x".repeat(990) + "…")
                .hasSize(1_024);
    }

    @Test
    void shouldTellTheFramesAboveTheGuard() {
        assertThat(framesOf(JDK, POLL, GUARD, HOST))
                .containsExactly(
                        "java.util.Objects.requireNonNull(Objects.java:233)", "com.acme.Udp.poll(Udp.java:42)");
    }

    @Test
    void shouldTellAllFramesWhereThereIsNoGuard() {
        assertThat(framesOf(POLL, HOST))
                .containsExactly("com.acme.Udp.poll(Udp.java:42)", "com.host.StepLoop.run(StepLoop.java:7)");
    }

    @Test
    void shouldTellNoneOfTheHostsFramesWhenTheCallItselfFailed() {
        assertThat(framesOf(GUARD, frame("dev.safe.ExtensionGuard", "callPoll", 111), HOST))
                .isEmpty();
    }

    @Test
    void shouldTellWhoCalledAnInnerGuardThatThrew() {
        assertThat(framesOf(GUARD, POLL, GUARD, HOST)).containsExactly("com.acme.Udp.poll(Udp.java:42)");
    }

    @Test
    void shouldNotTakeOtherCodeForTheGuard() {
        assertThat(framesOf(
                        frame("dev.safe.BoundaryTest", "poll", 1),
                        frame("dev.safe.sample.extension.Chaos", "poll", 2),
                        frame("dev.safe.internal.hostfunction.HostFunctionsTest", "poll", 3),
                        frame("dev.safe.ExtensionGuard$Inner", "poll", 4)))
                .hasSize(3);
    }

    @Test
    void shouldTellThirtyTwoFramesAtMost() {
        assertThat(framesOf(distinct(1_024)))
                .hasSize(32)
                .startsWith("com.acme.Udp.poll(Udp.java:1)")
                .endsWith("com.acme.Udp.poll(Udp.java:32)");
    }

    private static StackTraceElement[] distinct(int count) {
        StackTraceElement[] trace = new StackTraceElement[count];
        Arrays.setAll(trace, i -> frame("com.acme.Udp", "poll", i + 1));
        return trace;
    }

    @Test
    void shouldTellOneRoundOfARecursion() {
        StackTraceElement[] trace = new StackTraceElement[1_024];
        Arrays.fill(trace, POLL);
        assertThat(framesOf(trace))
                .containsExactly("com.acme.Udp.poll(Udp.java:42)", "... 1023 more like the one above");
        trace[0] = JDK;
        trace[1_023] = HOST;
        assertThat(framesOf(trace))
                .containsExactly(
                        "java.util.Objects.requireNonNull(Objects.java:233)",
                        "com.acme.Udp.poll(Udp.java:42)",
                        "... 1021 more like the one above",
                        "com.host.StepLoop.run(StepLoop.java:7)");
    }

    @Test
    void shouldTellOneRoundOfARecursionThroughSeveralMethods() {
        assertThat(framesOf(rounds(5)))
                .containsExactly(
                        "com.acme.Udp.poll(Udp.java:1)",
                        "com.acme.Udp.poll(Udp.java:2)",
                        "com.acme.Udp.poll(Udp.java:3)",
                        "com.acme.Udp.poll(Udp.java:4)",
                        "com.acme.Udp.poll(Udp.java:5)",
                        "... 1015 more like the 5 above",
                        "com.acme.Udp.poll(Udp.java:1)",
                        "com.acme.Udp.poll(Udp.java:2)",
                        "com.acme.Udp.poll(Udp.java:3)",
                        "com.acme.Udp.poll(Udp.java:4)");
    }

    @Test
    void shouldTakeThreeRoundsForARecursion() {
        assertThat(framesOf(POLL, POLL, POLL, HOST))
                .containsExactly(
                        "com.acme.Udp.poll(Udp.java:42)",
                        "... 2 more like the one above",
                        "com.host.StepLoop.run(StepLoop.java:7)");
        assertThat(framesOf(POLL, JDK, POLL, JDK, POLL, JDK))
                .containsExactly(
                        "com.acme.Udp.poll(Udp.java:42)",
                        "java.util.Objects.requireNonNull(Objects.java:233)",
                        "... 4 more like the 2 above");
    }

    @Test
    void shouldTellOneRoundOfARecursionThroughSixteenMethodsAtMost() {
        assertThat(framesOf(rounds(16))).hasSize(17).endsWith("... 1008 more like the 16 above");
        assertThat(framesOf(rounds(17))).hasSize(32).endsWith("com.acme.Udp.poll(Udp.java:15)");
    }

    private static StackTraceElement[] rounds(int length) {
        StackTraceElement[] cycle = distinct(length);
        StackTraceElement[] trace = new StackTraceElement[1_024];
        Arrays.setAll(trace, i -> cycle[i % length]);
        return trace;
    }

    @Test
    void shouldTellEachOfAFewEqualFrames() {
        assertThat(framesOf(POLL, POLL, JDK, POLL, JDK, HOST)).hasSize(6);
    }

    @Test
    void shouldRecogniseARecursionByTheSameFingerprintHoweverDeepItWas() {
        StackTraceElement[] deep = new StackTraceElement[1_024];
        Arrays.fill(deep, POLL);
        assertThat(ThrowableText.of(HostileThrowables.traced(deep)).fingerprint())
                .isEqualTo(
                        ThrowableText.of(HostileThrowables.traced(POLL, HOST)).fingerprint());
    }

    @Test
    void shouldTellFramesWithoutASource() {
        assertThat(framesOf(
                        new StackTraceElement("com.acme.Udp", "poll", null, -1),
                        new StackTraceElement("com.acme.Udp", "poll", null, 5),
                        new StackTraceElement("com.acme.Udp", "poll", "Udp.java", -1),
                        new StackTraceElement("com.acme.Udp", "poll", "Udp.java", -2),
                        new StackTraceElement("plugins", "acme", "1.0", "com.acme.Udp", "poll", "Udp.java", 6)))
                .containsExactly(
                        "com.acme.Udp.poll(Unknown Source)",
                        "com.acme.Udp.poll(Unknown Source)",
                        "com.acme.Udp.poll(Udp.java)",
                        "com.acme.Udp.poll(Native Method)",
                        "com.acme.Udp.poll(Udp.java:6)");
    }

    @Test
    void shouldMakeFramesSafe() {
        assertThat(framesOf(new StackTraceElement("a\nb", "c\u001Bd", "e\u2028f", 1)))
                .containsExactly("a\\nb.c\\u001Bd(e\\u2028f:1)");
        assertThat(framesOf(new StackTraceElement("C".repeat(5_000), "m".repeat(5_000), "f".repeat(5_000), 1)))
                .containsExactly("C".repeat(1_023) + "…");
    }

    @Test
    void shouldPassOverMissingFrames() {
        Throwable forged = new HostileThrowable("boom").trace(() -> new StackTraceElement[] {null, POLL, null, GUARD});
        assertThat(ThrowableText.of(forged).frames()).containsExactly("com.acme.Udp.poll(Udp.java:42)");
    }

    @Test
    void shouldTellFramesOfAThread() {
        assertThat(ThrowableText.frames(new StackTraceElement[] {JDK, POLL, GUARD, HOST}))
                .containsExactly(
                        "java.util.Objects.requireNonNull(Objects.java:233)", "com.acme.Udp.poll(Udp.java:42)");
    }

    @ParameterizedTest
    @MethodSource("dev.safe.testing.HostileThrowables#all")
    void shouldRenderWhatIsHostile(Throwable hostile) {
        ThrowableText text = ThrowableText.of(hostile);
        assertThat(text.type()).isEqualTo(hostile.getClass().getName());
        assertThat(text.message())
                .satisfiesAnyOf(message -> assertThat(message).isNull(), message -> assertThat(SafeText.isSafe(message))
                        .isTrue());
        assertThat(text.fingerprint()).matches("[0-9a-f]{16}").isNotEqualTo("0000000000000000");
        assertThat(text.frames()).hasSizeLessThanOrEqualTo(32).allMatch(SafeText::isSafe);
        assertThat(ThrowableText.describe(hostile)).startsWith(text.type()).matches(SafeText::isSafe);
    }
}
