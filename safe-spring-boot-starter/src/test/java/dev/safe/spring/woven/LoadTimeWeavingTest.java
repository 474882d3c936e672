package dev.safe.spring.woven;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Weaves with AspectJ's agent, in a process of its own. */
class LoadTimeWeavingTest {

    private static final String EXTENSIONS = "dev.safe.spring.woven.WovenApplication$";

    private static WovenProcess woven;

    @BeforeAll
    static void run() throws Exception {
        woven = WovenProcess.application(List.of(
                "-javaagent:" + WovenProcess.entry("aspectjweaver"),
                "-Dorg.aspectj.weaver.loadtime.configuration=META-INF/safe-aop.xml"));
    }

    @Test
    void shouldDoTheSameForTheAgentAlone() throws Exception {
        WovenProcess agent = WovenProcess.application(List.of("-javaagent:" + WovenProcess.entry("aspectjweaver")));
        assertThat(agent.facts()).isEqualTo(woven.facts());
    }

    @Test
    void shouldContainBeansWithoutAProxy() {
        for (String bean : new String[] {"final", "recorded", "inheriting"}) {
            woven.assertFacts(bean + ".proxied", "false", bean + ".poll", "null", bean + ".panics", "1");
        }
    }

    @Test
    void shouldStillProxyALambda() {
        woven.assertFacts("lambda.proxied", "true", "lambda.poll", "null", "lambda.panics", "1");
    }

    @Test
    void shouldContainACallOfAnExtensionToItself() {
        woven.assertFacts("lazy.proxied", "false", "lazy.panics.poll", "0", "lazy.panics.finalize", "1");
        assertThat(woven.fact("lazy.poll")).startsWith("StepEvent[kind=polled");
    }

    @Test
    void shouldContainWhatIsNoBean() {
        woven.assertFacts("loose", "null", "loose.panics", "1");
    }

    @Test
    void shouldCountOnceWhatADecoratorContainsToo() {
        woven.assertFacts("decorated", "null", "decorated.panics", "1");
    }

    @Test
    void shouldLeaveTheCallOfASuperMethodToItsCaller() {
        assertThat(woven.fact("super")).startsWith("StepEvent[kind=recovered");
        woven.assertFacts("super.panics", "0", "super.inherited", "1", "super.rethrown", "null");
    }

    @Test
    void shouldContainWhatAnotherAspectOfTheBeanThrows() {
        woven.assertFacts(
                "advised.proxied", "true",
                "advised.poll", "null",
                "advised.panics.poll", "1",
                "advised.setup", "threw ExtensionPanicException",
                "advised.panics.setup", "1",
                "advised.finalize", "null",
                "advised.panics.finalize", "1",
                "advised.names", "1");
    }

    @Test
    void shouldShowTheExtensionsOwnFramesOnly() {
        assertThat(woven.fact("final.frames")).matches("\\[\\Q" + EXTENSIONS + "Final.poll(\\E[^,]*]");
        assertThat(woven.fact("inheriting.frames")).matches("\\[\\Q" + EXTENSIONS + "ByDefault.poll(\\E[^,]*]");
        assertThat(woven.fact("super.frames").split(", ")).allMatch(frame -> frame.contains(EXTENSIONS));
        assertThat(woven.fact("super.frames")).contains("RethrowsSuper.poll(");
    }

    @Test
    void shouldContainBeforeThereIsAContext() {
        woven.assertFacts("early", "null", "early.known", "false");
    }

    @Test
    void shouldCountWithTheGuardOfTheContextThatTheBeanIsOf() {
        woven.assertFacts(
                "several.first", "null",
                "several.counts", "1 0",
                "several.second", "null",
                "several.loose", "null",
                "several.newest", "1",
                "several.afterClose", "null",
                "several.closed.counts", "2 1");
    }

    @Test
    void shouldContainAfterTheGuardIsClosed() {
        woven.assertFacts("several.guardClosed", "null", "several.guardClosed.panics", "3");
    }

    @Test
    void shouldContainBetweenContexts() {
        woven.assertFacts(
                "several.none", "null",
                "several.none.panics", "3",
                "several.third", "null",
                "several.third.panics", "1");
    }

    @Test
    void shouldStartWithoutProxiesUnlessThereIsALambda() {
        woven.assertFacts("noProxies", "started", "noProxies.lambda", "threw UnguardedExtensionException");
    }

    @Test
    void shouldNotWeaveUnrelatedClasses() {
        woven.assertFacts("unrelated", "threw IllegalStateException", "unrelated.woven", "0", "aspect.woven", "0");
    }

    @Test
    void shouldLeaveNothingOfTheWeaversInTheLog() {
        assertThat(woven.output()).doesNotContain("Xlint", "] warning", "] error", "[error]", "[warning]");
    }
}
