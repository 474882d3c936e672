package dev.safe.spring.woven;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What weaving has to do with an application that is not woven, with and without AspectJ's agent: nothing. */
class UnwovenTest {

    private static WovenProcess plain;
    private static WovenProcess agent;

    @BeforeAll
    static void run() throws Exception {
        plain = WovenProcess.application(List.of());
        agent = WovenProcess.application(List.of("-javaagent:" + WovenProcess.entry("aspectjweaver")));
    }

    @Test
    void shouldContainByProxies() {
        for (String bean : new String[] {"final", "recorded", "lambda", "inheriting"}) {
            plain.assertFacts(bean + ".proxied", "true", bean + ".poll", "null", bean + ".panics", "1");
        }
    }

    @Test
    void shouldNotContainWhatProxiesCannot() {
        plain.assertFacts(
                "early", "threw IllegalStateException",
                "loose", "threw IllegalStateException",
                "loose.panics", "-1",
                "lazy.proxied", "true",
                "lazy.panics.poll", "1",
                "lazy.panics.finalize", "0");
    }

    @Test
    void shouldReportWhatNoAdviceReaches() {
        plain.assertFacts("noProxies", "threw UnguardedExtensionException");
    }

    @Test
    void shouldNotWeaveUnlessAsked() {
        assertThat(agent.facts()).isEqualTo(plain.facts());
    }
}
