package dev.safe.internal.render;

import static dev.safe.internal.render.ThrowableTextTest.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the extension's part of a trace ends, by the stack of the code that renders it. */
class ExtensionTraceTest {

    private static final StackTraceElement POLL = frame("com.acme.Udp", "poll", 42);
    private static final StackTraceElement REFLECTION = frame("java.lang.reflect.Method", "invoke", 569);
    private static final StackTraceElement RENDER = frame("dev.safe.internal.render.ThrowableText", "here", 76);
    private static final StackTraceElement GUARD = frame("dev.safe.Boundary", "call", 86);
    private static final StackTraceElement LOOP = frame("com.host.StepLoop", "run", 7);
    private static final StackTraceElement LATER_IN_LOOP = frame("com.host.StepLoop", "run", 8);
    private static final StackTraceElement HOST = frame("com.host.Host", "main", 3);

    private static StackTraceElement[] stack(StackTraceElement... frames) {
        return frames;
    }

    private static List<String> select(StackTraceElement[] trace, StackTraceElement[] here) {
        return ExtensionTrace.of(trace, here).text();
    }

    @Test
    void shouldEndWhereTheGuardsCallerBegins() {
        assertThat(select(stack(POLL, LOOP, HOST), stack(RENDER, GUARD, LOOP, HOST)))
                .containsExactly(POLL.toString());
        assertThat(select(stack(POLL, POLL, LOOP, HOST), stack(RENDER, GUARD, LOOP, HOST)))
                .containsExactly(POLL.toString(), POLL.toString());
    }

    @Test
    void shouldEndWhereTheGuardsCallerBeginsEvenIfTheBottomOfTheTraceIsCutOff() {
        assertThat(select(stack(POLL, POLL, LOOP), stack(GUARD, LOOP, HOST)))
                .containsExactly(POLL.toString(), POLL.toString());
    }

    @Test
    void shouldEndWhereTheCallersBeginEvenIfNoGuardIsAmongThem() {
        assertThat(select(stack(POLL, HOST), stack(RENDER, HOST))).containsExactly(POLL.toString());
    }

    @Test
    void shouldNotEndWhereNobodyCalledTheGuard() {
        assertThat(select(stack(POLL), stack(GUARD))).containsExactly(POLL.toString());
    }

    @Test
    void shouldLeaveOutTheCallersOfAPanicThatIsOlderThanTheCall() {
        assertThat(select(stack(POLL, LOOP, HOST), stack(GUARD, LATER_IN_LOOP, HOST)))
                .containsExactly(POLL.toString(), LOOP.toString());
    }

    @Test
    void shouldKeepAllOfATraceThatHoldsNothingButCallers() {
        assertThat(select(stack(LOOP, LOOP, LOOP, LOOP), stack(GUARD, LOOP, LOOP, LOOP)))
                .containsExactly(LOOP.toString(), "... 3 more like the one above");
        assertThat(select(stack(LOOP, HOST), stack(GUARD, LOOP, HOST)))
                .containsExactly(LOOP.toString(), HOST.toString());
    }

    @Test
    void shouldLeaveOutTheProxyBetweenTheCallersAndTheExtension() {
        assertThat(select(stack(POLL, REFLECTION, HOST), stack(GUARD, HOST))).containsExactly(POLL.toString());
    }

    @Test
    void shouldKeepThePlatformsFramesWhereNothingCallsTheExtension() {
        assertThat(select(stack(POLL, REFLECTION), stack(GUARD, HOST)))
                .containsExactly(POLL.toString(), REFLECTION.toString());
    }

    @Test
    void shouldKeepThePlatformsFramesIfThereAreNoOthers() {
        assertThat(select(stack(REFLECTION, GUARD, HOST), stack(GUARD, HOST))).containsExactly(REFLECTION.toString());
    }

    @Test
    void shouldLookForTheProxyOnlyWhereItSawTheEnd() {
        StackTraceElement[] trace = new StackTraceElement[1_026];
        Arrays.fill(trace, POLL);
        trace[1_023] = REFLECTION;
        trace[1_024] = HOST;
        assertThat(select(Arrays.copyOf(trace, 1_025), stack(GUARD, HOST)))
                .containsExactly(POLL.toString(), "... 1022 more like the one above");

        trace[1_024] = POLL;
        trace[1_025] = HOST;
        assertThat(select(trace, stack(GUARD, HOST)))
                .containsExactly(POLL.toString(), "... 1022 more like the one above", REFLECTION.toString());
    }
}
