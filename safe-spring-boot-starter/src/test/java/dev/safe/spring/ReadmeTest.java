package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
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

/** The host in the README is short, compiles, and does what is said of it. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ReadmeTest {

    private static final Pattern HOST = Pattern.compile("```java\n(// com/example/Host.java\n.*?)```", Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("```\nERROR dev.safe.ExtensionGuard : (.*)\n```");

    private static String readme;

    @BeforeAll
    static void read() throws IOException {
        readme = Files.readString(Path.of("..", "README.md"));
    }

    private static String only(Pattern pattern) {
        Matcher matcher = pattern.matcher(readme);
        assertThat(matcher.find()).as(pattern.pattern()).isTrue();
        return matcher.group(1);
    }

    @Test
    void shouldHaveAHostOfUnderFortyLines() {
        assertThat(only(HOST).lines()).hasSizeLessThan(40);
    }

    @Test
    void shouldCompileAndRunTheHost(CapturedOutput output) {
        TestCompiler.forSystem().withSources(SourceFile.of(only(HOST))).compile(compiled -> run(compiled, output));
    }

    private static void run(Compiled compiled, CapturedOutput output) {
        ExtensionGuard guard;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(classOf(compiled))
                .web(WebApplicationType.NONE)
                .run()) {
            guard = context.getBean(ExtensionGuard.class);
            await().untilAsserted(() -> assertThat(guard.state("network.udp")).hasValue(ExtensionState.QUARANTINED));
            int before = ticks(output);
            await().until(() -> ticks(output) > before);
            assertThat(guard.state("time.tick")).hasValue(ExtensionState.RUNNING);
        }
        assertThat(guard.state("time.tick")).hasValue(ExtensionState.STOPPED);
        assertThat(output.getOut()).contains(" ERROR ").contains(only(LINE));
    }

    private static int ticks(CapturedOutput output) {
        return output.getOut().split("tick from time.tick", -1).length - 1;
    }

    private static Class<?> classOf(Compiled compiled) {
        try {
            return compiled.getClassLoader().loadClass("com.example.Host");
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }
}
