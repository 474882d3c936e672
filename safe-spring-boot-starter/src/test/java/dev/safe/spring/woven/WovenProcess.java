package dev.safe.spring.woven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Java process: what it wrote, and the facts in that. */
record WovenProcess(String output, Map<String, String> facts) {

    private static final String FACT = "fact ";

    /** How long another JVM may take to start contexts, on a busy machine. */
    private static final long LIMIT_SECONDS = 120;

    /** Runs the application, without a web server and other things that it does not need. */
    static WovenProcess application(List<String> options, Path... first) throws IOException, InterruptedException {
        String classPath = Stream.concat(Arrays.stream(first).map(Path::toString), classPath())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(options);
        command.addAll(List.of("-cp", classPath, WovenApplication.class.getName()));
        return java(command);
    }

    static WovenProcess java(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1"); // It ends before more would pay.
        command.addAll(arguments);
        Path output = Files.createTempFile("woven", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as(text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return new WovenProcess(text, facts(text));
        } finally {
            process.destroyForcibly();
            Files.delete(output);
        }
    }

    /** Returns the class path of the tests, without the compiler's copy of the weaver. */
    static Stream<String> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("aspectjtools"));
    }

    static String entry(String prefix) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Path.of(entry).getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> facts(String output) {
        Map<String, String> facts = new HashMap<>();
        output.lines().filter(line -> line.startsWith(FACT)).forEach(line -> {
            String[] fact = line.substring(FACT.length()).split(" = ", 2);
            facts.put(fact[0], fact[1]);
        });
        return facts;
    }

    String fact(String key) {
        assertThat(facts).as(output).containsKey(key);
        return facts.get(key);
    }

    void assertFacts(String... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            assertThat(fact(keysAndValues[i])).as(keysAndValues[i]).isEqualTo(keysAndValues[i + 1]);
        }
    }
}
