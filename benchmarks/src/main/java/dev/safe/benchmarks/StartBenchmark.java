package dev.safe.benchmarks;

import dev.safe.ExtensionGuard;
import dev.safe.benchmarks.start.StartApplication;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.ClassWriter;

/**
 * Measures how long a Boot application takes from the start of its process to its end: one with AOP only, one with our
 * starter too, and one with Resilience4j's. Each has the class path of its users, with nothing of the others. They take
 * turns in a changing order, so that other load on the machine affects all of them. The cost of a starter is the median
 * of the differences within a turn.
 */
final class StartBenchmark {

    private static final int TURNS = 20;

    /** Lists the jars of an application with Boot and AOP, by the beginnings of their names. */
    private static final List<String> BOOT = List.of(
            "aspectjweaver-",
            "commons-logging-",
            "jakarta.annotation-api-",
            "jspecify-",
            "jul-to-slf4j-",
            "log4j-",
            "logback-",
            "micrometer-commons-",
            "micrometer-observation-",
            "slf4j-api-",
            "snakeyaml-",
            "spring-");

    /** Lists the jars that Resilience4j's starter adds. */
    private static final List<String> RESILIENCE4J =
            List.of("resilience4j-", "micrometer-core-", "HdrHistogram-", "LatencyUtils-");

    private static final Path CORE_JAR = jar(home(ExtensionGuard.class));
    private static final Path STARTER_JAR = jar(home(SafeAutoConfiguration.class));

    private enum Starter {
        NONE,
        SAFE,
        RESILIENCE4J
    }

    private record Application(Starter starter, int unrelated, int extensions) {

        /** Returns the same application without a starter, with as many beans, all of them unrelated. */
        Application limit() {
            return new Application(Starter.NONE, unrelated + extensions, 0);
        }

        Map<String, String> parameters() {
            return Map.of("unrelated", String.valueOf(unrelated), "extensions", String.valueOf(extensions));
        }

        String name() {
            return switch (starter) {
                case NONE -> "empty";
                case SAFE -> "safe";
                case RESILIENCE4J -> "resilience4j";
            };
        }

        String classPath() {
            List<Path> own = new ArrayList<>(List.of(home(StartApplication.class)));
            if (starter == Starter.SAFE) {
                own.addAll(List.of(CORE_JAR, STARTER_JAR, home(ClassWriter.class)));
            }
            Stream<Path> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Path::of)
                    .filter(jar -> isOneOf(BOOT, jar)
                            || starter == Starter.RESILIENCE4J && isOneOf(StartBenchmark.RESILIENCE4J, jar));
            return Stream.concat(own.stream(), jars)
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    private record Size(double beans, double heap, double resident) {}

    private StartBenchmark() {}

    static void run(boolean quick) throws IOException, InterruptedException {
        int turns = quick ? 1 : TURNS;
        int turnsOfSizes = quick ? 1 : 2;
        List<Application> applications = applications();
        Map<Application, List<Double>> millis = new LinkedHashMap<>();
        Map<Application, List<Size>> sizes = new LinkedHashMap<>();
        for (Application application : applications) {
            millis.put(application, new ArrayList<>());
            sizes.put(application, new ArrayList<>());
        }
        Part part = new Part("start", turns + turnsOfSizes);
        List<Application> order = new ArrayList<>(applications);
        Random random = new Random(1);
        for (int turn = 1; turn <= turns; turn++) {
            Collections.shuffle(order, random);
            for (Application application : order) {
                millis.get(application).add(start(application));
            }
            part.step("times, turn " + turn, figures(millis, sizes)::write);
        }
        for (int turn = 1; turn <= turnsOfSizes; turn++) { // in processes of their own, since measuring takes time
            for (Application application : applications) {
                sizes.get(application).add(size(application));
            }
            part.step("sizes, turn " + turn, figures(millis, sizes)::write);
        }
        figures(millis, sizes).print();
    }

    private static Figures figures(Map<Application, List<Double>> millis, Map<Application, List<Size>> sizes) {
        Figures figures = new Figures();
        millis.forEach((application, own) -> {
            add(figures, application, "", "ms", own);
            if (application.starter() != Starter.NONE) {
                List<Double> limit = millis.getOrDefault(application.limit(), List.of());
                List<Double> over = new ArrayList<>();
                for (int turn = 0; turn < own.size(); turn++) {
                    over.add(own.get(turn) - limit.get(turn));
                }
                add(figures, application, "Over", "ms", over);
            }
        });
        sizes.forEach((application, own) -> {
            if (!own.isEmpty()) {
                add(
                        figures,
                        application,
                        "Beans",
                        "beans",
                        own.stream().map(Size::beans).toList());
                add(
                        figures,
                        application,
                        "Heap",
                        "KiB",
                        own.stream().map(Size::heap).toList());
                add(
                        figures,
                        application,
                        "Resident",
                        "KiB",
                        own.stream().map(Size::resident).toList());
            }
        });
        return figures;
    }

    private static List<Application> applications() {
        List<Application> applications = new ArrayList<>();
        for (Starter starter : Starter.values()) {
            applications.add(new Application(starter, 0, 0));
            for (int count : new int[] {1, 100, 10_000}) {
                if (starter == Starter.NONE || count > 1) {
                    applications.add(new Application(starter, count, 0));
                }
                if (starter == Starter.SAFE) {
                    applications.add(new Application(starter, 0, count));
                }
            }
        }
        return applications;
    }

    private static double start(Application application) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = process(application).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        double millis = (System.nanoTime() - begin) / 1e6;
        Work.check(code == 0, application + " ended with " + code + ": " + output);
        return millis;
    }

    private static ProcessBuilder process(Application application, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                application.classPath(),
                StartApplication.class.getName(),
                String.valueOf(application.unrelated()),
                String.valueOf(application.extensions())));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    private static void add(Figures figures, Application application, String what, String unit, List<Double> samples) {
        figures.add(StartBenchmark.class, application.name() + what, application.parameters(), unit, samples);
    }

    private static Size size(Application application) throws IOException, InterruptedException {
        Process process = process(application, "size").start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Work.check(process.waitFor() == 0, application + " failed: " + output);
        String[] told = output.lines()
                .filter(line -> line.startsWith("size "))
                .findFirst()
                .orElseThrow()
                .split(" ");
        Work.check(Boolean.parseBoolean(told[1]) == (application.starter() == Starter.SAFE), "our starter: " + output);
        Work.check(
                Boolean.parseBoolean(told[2]) == (application.starter() == Starter.RESILIENCE4J),
                "Resilience4j's starter: " + output);
        Work.check(Boolean.parseBoolean(told[3]), "there is no AOP: " + output);
        return new Size(Double.parseDouble(told[4]), Double.parseDouble(told[5]) / 1024, Double.parseDouble(told[6]));
    }

    private static boolean isOneOf(List<String> beginnings, Path jar) {
        String name = jar.getFileName().toString();
        return beginnings.stream().anyMatch(name::startsWith);
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Packs our classes as jars, as users have them. With directories first on the class path, the JVM would search
     * each for every class of Spring.
     */
    private static Path jar(Path classes) {
        if (!Files.isDirectory(classes)) {
            return classes;
        }
        try (Stream<Path> files = Files.walk(classes)) {
            Path jar = Files.createTempFile("safe", ".jar");
            jar.toFile().deleteOnExit();
            try (OutputStream output = Files.newOutputStream(jar);
                    JarOutputStream entries = new JarOutputStream(output)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    entries.putNextEntry(
                            new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                    Files.copy(file, entries);
                }
            }
            return jar;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
