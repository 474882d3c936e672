package dev.safe.internal.render;

import static dev.safe.internal.render.ThrowableTextTest.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.HostileThrowables;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {

    private static String of(StackTraceElement... trace) {
        return ThrowableText.of(HostileThrowables.traced(trace)).fingerprint();
    }

    @Test
    void shouldBeTheSameInEveryRun() {
        assertThat(of(frame("com.acme.Udp", "poll", 42))).isEqualTo("189a4f6e147c6e9a");
    }

    @Test
    void shouldGoByTheTopFrameThatIsNotThePlatforms() {
        StackTraceElement poll = frame("com.acme.Udp", "poll", 42);
        StackTraceElement guard = frame("dev.safe.Boundary", "call", 1);
        assertThat(of(frame("java.util.Objects", "requireNonNull", 233), poll, guard))
                .isEqualTo(of(
                        frame("jdk.internal.util.Preconditions", "check", 1), poll, frame("com.acme.Loop", "run", 9)))
                .isNotEqualTo(of(frame("com.acme.Udp", "poll", 43), guard))
                .isNotEqualTo(of(frame("com.acme.Udp", "setup", 42), guard))
                .isNotEqualTo(of(guard, poll));
    }

    @Test
    void shouldGoByTheTopFrameIfAllAreThePlatforms() {
        assertThat(of(frame("java.util.Objects", "requireNonNull", 233), frame("java.lang.Thread", "run", 1)))
                .isEqualTo(of(frame("java.util.Objects", "requireNonNull", 233)))
                .isNotEqualTo(of(frame("java.lang.Thread", "run", 1)));
    }

    @Test
    void shouldGoByTheType() {
        StackTraceElement[] trace = {frame("com.acme.Udp", "poll", 42)};
        Throwable other = new IllegalArgumentException("boom");
        other.setStackTrace(trace);
        assertThat(ThrowableText.of(other).fingerprint()).isNotEqualTo(of(trace));
    }

    @Test
    void shouldNotGoByTheMessage() {
        Supplier<Throwable> thrower = () -> new IllegalStateException("at " + System.nanoTime());
        assertThat(ThrowableText.of(thrower.get()).fingerprint())
                .isEqualTo(ThrowableText.of(thrower.get()).fingerprint());
    }

    @ParameterizedTest
    @CsvSource({
        "com.acme.Udp$$Lambda$14/0x0000000800c03000, com.acme.Udp$$Lambda/0x00007f1234567890",
        "com.acme.Udp/0x0000000800c03000, com.acme.Udp/0x00007f1234567890",
        "com.acme.Udp$$SpringCGLIB$$0, com.acme.Udp$$SpringCGLIB$$1",
        "com.acme.Udp$$EnhancerBySpringCGLIB$$4f2a10c, com.acme.Udp$$EnhancerBySpringCGLIB$$b1",
        "com.acme.$Proxy12, com.acme.$Proxy7"
    })
    void shouldNotGoByNumbersThatAreGivenOutAnew(String one, String other) {
        assertThat(fingerprint(one, "poll")).isEqualTo(fingerprint(other, "poll"));
        assertThat(fingerprint(one, "poll")).isNotEqualTo(fingerprint("com.acme.Tcp", "poll"));
    }

    @Test
    void shouldNotGoByTheNumberOfALambda() {
        assertThat(fingerprint("com.acme.Udp", "lambda$poll$0"))
                .isEqualTo(fingerprint("com.acme.Udp", "lambda$poll$17"))
                .isNotEqualTo(fingerprint("com.acme.Udp", "lambda$setup$0"));
    }

    private static String fingerprint(String type, String method) {
        return of(new StackTraceElement(type, method, "Udp.java", 42));
    }
}
