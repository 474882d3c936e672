package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Appender;
import dev.safe.testing.ForgingExtension;
import dev.safe.testing.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.simple.SimpleServiceProvider;

/** Prints throwables that would forge a line through real log frameworks, each in a JVM of its own. */
@Tag("slow")
class LogForgeryTest {

    private static final Pattern VALUES = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    @TempDir
    Path directory;

    @Test
    void shouldForgeNothingThatSlf4jSimplePrints() throws Exception {
        String printed = run(new JavaProcess(
                ForgingExtension.class,
                ExtensionGuard.class,
                NullMarked.class,
                Logger.class,
                SimpleServiceProvider.class));
        assertThat(printed).contains("network.udp");
    }

    @Test
    void shouldForgeNothingThatLogbackPrints() throws Exception {
        Path configuration = Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%level %msg %kvp%n%ex</pattern></encoder>
                  </appender>
                  <root level="info"><appender-ref ref="console"/></root>
                </configuration>
                """);
        String printed = run(new JavaProcess(
                        ForgingExtension.class,
                        ExtensionGuard.class,
                        NullMarked.class,
                        Logger.class,
                        LoggerContext.class,
                        Appender.class)
                .with("-Dlogback.configurationFile=" + configuration));
        List<String> records =
                printed.lines().filter(line -> line.startsWith("ERROR ")).toList();
        assertThat(records).hasSizeGreaterThan(20).allSatisfy(line -> assertThat(VALUES.matcher(line)
                        .results()
                        .filter(value -> value.group(1).equals("extension"))
                        .map(value -> value.group(2)))
                .containsExactly("network.udp"));
    }

    /** Checks that the framework began each line. */
    private static String run(JavaProcess process) throws Exception {
        JavaProcess.Result result = process.run();
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output().lines())
                .noneMatch(line -> line.stripLeading().startsWith("FORGED"))
                .anyMatch(line -> line.startsWith(ForgingExtension.class.getName() + "$PrintsItself: boom"))
                .anyMatch(line -> line.startsWith("javax.xml.transform.TransformerException: boom"))
                .anyMatch(line -> line.startsWith(ForgingExtension.class.getName() + "$ChangesItsMind: boom\\nFORGED"))
                .anyMatch(
                        line -> line.startsWith("Caused by: " + ForgingExtension.class.getName() + "$PrintsItself: "));
        return result.output();
    }
}
