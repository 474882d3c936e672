package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import dev.safe.PanicReport;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each way into an extension leaves a frame on the stack that tells where its own frames end. */
class GuardFramesTest {

    private final List<PanicReport> reports = new ArrayList<>();
    private final ExtensionGuard guard = ExtensionGuard.builder()
            .listener(new GuardListener() {
                @Override
                public void onPanic(PanicReport report, Throwable cause) {
                    reports.add(report);
                }
            })
            .build();

    @Test
    void shouldTellTheExtensionsFramesOnly() {
        ExtensionCapability guarded = guard.guarded(new Panicking("guarded"));
        for (ExtensionCapability capability : List.of(new Panicking("called"), guarded)) {
            catchThrowable(() -> guard.callSetup(capability, new SetupEnv("cell", Path.of("."), Map.of())));
            guard.callPoll(capability);
            guard.callFinalize(capability, 1);
            guard.callTeardown(capability, new TeardownContext(Instant.EPOCH));
        }
        assertThat(reports).hasSize(8).allSatisfy(report -> assertThat(report.frames())
                .hasSize(2)
                .allMatch(frame -> frame.startsWith(Panicking.class.getName() + ".")));
    }

    @Test
    void shouldLeaveOutWhatAspectJWeavesIn() {
        StackTraceElement[] trace = {
            new StackTraceElement("com.acme.Udp", "receive", "Udp.java", 9),
            new StackTraceElement("com.acme.Udp", "poll_aroundBody12", "Udp.java", 5),
            new StackTraceElement("com.acme.Udp$AjcClosure13", "run", "Udp.java", 1),
            new StackTraceElement("org.aspectj.runtime.reflect.JoinPointImpl", "proceed", "JoinPointImpl.java", 164),
            new StackTraceElement("dev.safe.Boundary", "call", "Boundary.java", 86),
            new StackTraceElement("dev.safe.spring.WovenExtensions", "poll", "WovenExtensions.java", 90),
            new StackTraceElement("com.acme.Udp", "poll", "Udp.java", 5)
        };
        assertThat(ThrowableText.frames(trace))
                .containsExactly("com.acme.Udp.receive(Udp.java:9)", "com.acme.Udp.poll(Udp.java:5)");
    }

    @Test
    void shouldLeaveOutTheProxyOfAnExtensionThatPanickedForAnotherOne() {
        StackTraceElement[] trace = {
            new StackTraceElement("dev.safe.Boundary", "panicException", "Boundary.java", 440),
            new StackTraceElement("dev.safe.spring.ExtensionAdvice", "setup", "ExtensionAdvice.java", 51),
            new StackTraceElement(
                    "dev.safe.spring.ExtensionAdvisor$Interceptor", "invoke", "ExtensionAdvisor.java", 90),
            new StackTraceElement(
                    "org.springframework.aop.framework.CglibAopProxy", "proceed", "CglibAopProxy.java", 7),
            new StackTraceElement("com.acme.Udp$$SpringCGLIB$$0", "setup", null, -1),
            new StackTraceElement("com.acme.Web", "setup", "Web.java", 12),
            new StackTraceElement("dev.safe.Boundary", "call", "Boundary.java", 86)
        };
        assertThat(ThrowableText.frames(trace)).containsExactly("com.acme.Web.setup(Web.java:12)");
    }

    private record Panicking(String name) implements ExtensionCapability {

        @Override
        public void setup(SetupEnv env) {
            boom();
        }

        @Override
        public StepEvent poll() {
            return boom();
        }

        @Override
        public void finalizeStep(long id) {
            boom();
        }

        @Override
        public void teardown(TeardownContext context) {
            boom();
        }

        private static StepEvent boom() {
            throw new IllegalStateException("boom");
        }
    }
}
