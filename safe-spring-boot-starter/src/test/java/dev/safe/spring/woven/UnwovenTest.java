package dev.safe.spring.woven;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same application, not woven. */
class UnwovenTest {

    private static WovenProcess plain;

    @BeforeAll
    static void run() throws Exception {
        plain = WovenProcess.application(List.of());
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
}
