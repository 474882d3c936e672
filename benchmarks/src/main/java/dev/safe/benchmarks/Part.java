package dev.safe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Keeps the results of one part of the benchmarks while it runs, step by step, and prints how far it is. A run that is
 * stopped leaves {@code target/results-<jdk>-<part>.partial.json} with all steps before. One that ends has no such file,
 * but {@code results-<jdk>-<part>.json}. Not thread-safe.
 */
final class Part {

    static final String PARTIAL = ".partial";

    private final String name;
    private final int steps;
    private final long begin = System.nanoTime();
    private int done;

    /** Writes all results so far. */
    @FunctionalInterface
    interface Results {
        void write(Path file) throws IOException;
    }

    Part(String name, int steps) throws IOException {
        this.name = name;
        this.steps = steps;
        Files.createDirectories(file("").getParent());
        System.out.printf("%s: begins, %d steps%n", name, steps);
    }

    /** Notes the end of a step. The file is replaced as a whole, since the run may be stopped at any time. */
    void step(String what, Results results) throws IOException {
        done++;
        Path unfinished = file(".unfinished");
        results.write(unfinished);
        boolean isLast = done == steps;
        Path file = file(isLast ? "" : PARTIAL);
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf(
                "%s: %d of %d, %s elapsed: %s%n",
                name, done, steps, "%d:%02d".formatted(elapsed.toMinutes(), elapsed.toSecondsPart()), what);
        if (isLast) {
            Files.deleteIfExists(file(PARTIAL));
            System.out.println("Wrote " + file.toAbsolutePath());
        }
    }

    private Path file(String state) {
        return Path.of(
                "target", "results-%d-%s%s.json".formatted(Runtime.version().feature(), name, state));
    }
}
