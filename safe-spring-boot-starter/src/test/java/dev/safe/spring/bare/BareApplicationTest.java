package dev.safe.spring.bare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Contains in a process whose class path has neither Micrometer nor the actuator. */
class BareApplicationTest {

    private static final List<String> ABSENT = List.of(
            "micrometer",
            "actuator",
            "-health",
            "security",
            "webmvc",
            "webflux",
            "reactor",
            "netty",
            "tomcat",
            "prometheus",
            "cloud");

    @Test
    void shouldContainWithNothingButTheStarterOnTheClassPath() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> ABSENT.stream()
                        .noneMatch(absent ->
                                Path.of(entry).getFileName().toString().contains(absent)))
                .collect(Collectors.joining(File.pathSeparator));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "-cp", classPath, BareApplication.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("panics contained: 1");
        assertThat(process.exitValue()).isZero();
    }
}
