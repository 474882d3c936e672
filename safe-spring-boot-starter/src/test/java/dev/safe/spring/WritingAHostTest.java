package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.test.tools.Compiled;
import org.springframework.core.test.tools.SourceFile;
import org.springframework.core.test.tools.TestCompiler;

/** The Spring host in docs/writing-a-host.md compiles and runs as it is printed there. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class WritingAHostTest {

    private static final Path GUIDE = Path.of("..", "docs", "writing-a-host.md");
    private static final Pattern PROGRAM =
            Pattern.compile("```java\n// com/example/SpringHost.java\n(.*?)```", Pattern.DOTALL);

    private static SourceFile host() throws IOException {
        Matcher program = PROGRAM.matcher(Files.readString(GUIDE));
        assertThat(program.find()).isTrue();
        return SourceFile.of(program.group(1));
    }

    @Test
    void shouldCompileAndRunTheSpringHost(CapturedOutput output) throws IOException {
        TestCompiler.forSystem().withSources(host()).compile(compiled -> run(compiled, output));
    }

    private static void run(Compiled compiled, CapturedOutput output) {
        ExtensionGuard guard;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(classOf(compiled))
                .web(WebApplicationType.NONE)
                .run()) {
            await().untilAsserted(() -> assertThat(output).contains("tick 1"));
            guard = context.getBean(ExtensionGuard.class);
            assertThat(guard.snapshots())
                    .extracting(ExtensionSnapshot::name)
                    .containsExactly("network.udp", "time.tick");
            await().untilAsserted(() -> assertThat(state(guard, "network.udp")).isEqualTo(ExtensionState.QUARANTINED));
        }
        assertThat(state(guard, "time.tick")).isEqualTo(ExtensionState.STOPPED);
        assertThat(output)
                .contains("extension poll panicked: network.udp: java.lang.NoClassDefFoundError:"
                        + " io/netty/channel/Channel at com.example.SpringHost$Broken.poll");
    }

    private static ExtensionState state(ExtensionGuard guard, String extension) {
        return guard.snapshot(extension).orElseThrow().state();
    }

    private static Class<?> classOf(Compiled compiled) {
        try {
            return compiled.getClassLoader().loadClass("com.example.SpringHost");
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }
}
