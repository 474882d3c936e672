package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Eventually;
import dev.safe.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;
import org.slf4j.simple.SimpleServiceProvider;

/** The host in docs/writing-a-host.md compiles and runs as it is printed there. */
@Tag("slow")
@Timeout(120)
class WritingAHostTest {

    private static final Path GUIDE = Path.of("..", "docs", "writing-a-host.md");

    @TempDir
    private Path directory;

    private String classPath() {
        return directory
                + File.pathSeparator
                + JavaProcess.classPathOf(
                        ExtensionGuard.class,
                        ClassWriter.class,
                        NullMarked.class,
                        Logger.class,
                        SimpleServiceProvider.class);
    }

    private Path extract(String file) throws IOException {
        Matcher program = Pattern.compile("```java\n// " + Pattern.quote(file) + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(GUIDE));
        assertThat(program.find()).as(file).isTrue();
        Path source = directory.resolve(file);
        Files.createDirectories(source.getParent());
        return Files.writeString(source, program.group(1));
    }

    @Test
    void shouldCompileAndRunThePlainHost() throws Exception {
        Path source = extract("com/example/PlainHost.java");
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-Xlint:all", "-Werror", "-proc:none", "-cp", classPath(), source.toString());
        assertThat(compiled).isZero();

        Path output = directory.resolve("output.txt");
        Process host = new ProcessBuilder(List.of(JavaProcess.java(), "-cp", classPath(), "com.example.PlainHost"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(Eventually.holds(
                            Duration.ofSeconds(60), () -> read(output).contains("tick 1")))
                    .as(read(output))
                    .isTrue();
            host.getOutputStream().close(); // The host takes the end of its input as it takes Enter.
            assertThat(host.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(host.exitValue()).as(read(output)).isZero();
            assertThat(read(output))
                    .contains("extension poll panicked: network.udp: java.lang.NoClassDefFoundError:"
                            + " io/netty/channel/Channel at com.example.PlainHost$Broken.poll");
        } finally {
            host.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
