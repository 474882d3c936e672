package dev.safe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks on the JDK it runs on, and writes {@code target/results-<jdk>-<part>.json} for {@link Table}.
 *
 * <p>Arguments: any of {@code calls}, {@code start} and {@code footprint}, or regular expressions for single benchmarks of
 * {@code calls}; none for everything. {@code -quick} first only shows that all of it runs.
 */
public final class Main {

    private static final int[] THREADS = {1, 2, 8};

    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, RunnerException {
        List<String> parts = new ArrayList<>(Arrays.asList(arguments));
        boolean quick = parts.remove("-quick");
        boolean all = parts.isEmpty();
        boolean start = parts.remove("start");
        boolean footprint = parts.remove("footprint");
        boolean calls = parts.remove("calls") || !parts.isEmpty();
        Files.createDirectories(Path.of("target"));
        if (all || calls) {
            calls(parts, quick);
        }
        if (all || footprint) {
            FootprintBenchmark.run(quick).write(results("footprint"));
        }
        if (all || start) {
            StartBenchmark.run(quick).write(results("start"));
        }
    }

    private static Path results(String part) {
        return Path.of("target", "results-" + Runtime.version().feature() + "-" + part + ".json");
    }

    private static void calls(List<String> patterns, boolean quick) throws RunnerException {
        Collection<RunResult> results = new ArrayList<>();
        String contention = ContentionBenchmark.class.getSimpleName();
        results.addAll(run(options(patterns, quick).exclude(contention)));
        for (int threads : THREADS) {
            results.addAll(run(options(patterns, quick)
                    .exclude("\\.(?!" + contention + ")\\w+Benchmark\\.")
                    .threads(threads)));
        }
        if (results.isEmpty()) {
            throw new IllegalArgumentException("no benchmark matches " + patterns);
        }
        Path file = results("calls");
        ResultFormatFactory.getInstance(ResultFormatType.JSON, file.toString()).writeOut(results);
        System.out.println("Wrote " + file.toAbsolutePath());
    }

    /** None, if none matches. */
    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        try {
            return new Runner(options.build()).run();
        } catch (NoBenchmarksException otherPatterns) {
            return List.of();
        }
    }

    /** The heap is of one size, so that no run is charged for growing it. A second fork shows what the compiler decided by chance. */
    private static ChainedOptionsBuilder options(List<String> patterns, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .addProfiler(GCProfiler.class)
                .jvmArgs("-Xms1g", "-Xmx1g", "-XX:+UseG1GC")
                .shouldFailOnError(true)
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 1 : 3)
                .warmupTime(TimeValue.milliseconds(quick ? 200 : 500))
                .measurementIterations(quick ? 1 : 4)
                .measurementTime(TimeValue.milliseconds(quick ? 200 : 500));
        patterns.forEach(options::include);
        return options;
    }
}
