package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StableNameTest {

    @ParameterizedTest
    @CsvSource({
        "com.acme.Udp$$Lambda$14/0x0000000800c03000, com.acme.Udp$$Lambda",
        "com.acme.Udp$$Lambda/0x00007f1234567890, com.acme.Udp$$Lambda",
        "[Lcom.acme.Udp$$Lambda$14/0x0000000800c03000;, [Lcom.acme.Udp$$Lambda;",
        "com.acme.Udp/0x0000000800c03000, com.acme.Udp",
        "com.acme.Udp/0xaf09, com.acme.Udp",
        "[Lcom.acme.Udp/0xaf09;, [Lcom.acme.Udp;",
        "com.acme.Udp/0x12g, com.acme.Udpg",
        "com.acme.Udp$$SpringCGLIB$$0, com.acme.Udp$$SpringCGLIB",
        "com.acme.Udp$$SpringCGLIB$$0$Inner, com.acme.Udp$$SpringCGLIB$Inner",
        "com.acme.Udp$$EnhancerBySpringCGLIB$$4f2a10c, com.acme.Udp$$EnhancerBySpringCGLIB",
        "com.acme.Udp$$EnhancerBySpringCGLIB$$azAZ_09, com.acme.Udp$$EnhancerBySpringCGLIB",
        "com.acme.$Proxy12, com.acme.$Proxy",
        "[Lcom.acme.$Proxy09;, [Lcom.acme.$Proxy;",
    })
    void shouldStripWhatIsGivenOutAnew(String type, String stable) {
        assertThat(StableName.ofType(type)).isEqualTo(stable);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "com.acme.Udp",
                "com.acme.Udp$Inner$1",
                "com.acme.Udp$$SpringCGLIB$$",
                "com.acme.Udp$$SpringCGLIB$$.x",
                "com.acme.$Proxy",
                "com.acme.$ProxyFactory",
                "com.acme.Udp/0x",
                "com.acme.Udp/0xg"
            })
    void shouldKeepWhatIsTheSameInEachRun(String type) {
        assertThat(StableName.ofType(type)).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "lambda$poll$17, lambda$poll",
        "lambda$poll$0, lambda$poll",
        "lambda$poll$x, lambda$poll$x",
        "lambda$poll$1x, lambda$poll$1x",
        "lambda$poll$, lambda$poll$",
        "lambda$5, lambda$5",
        "access$5, access$5",
        "poll, poll"
    })
    void shouldStripTheNumberOfALambda(String method, String stable) {
        assertThat(StableName.ofMethod(method)).isEqualTo(stable);
    }
}
