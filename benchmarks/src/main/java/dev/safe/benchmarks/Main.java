package dev.safe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 * Runs the benchmarks on its own JDK, and writes {@code target/results-<jdk>-<part>.json} for {@link Table}.
 *
 * <p>The arguments are any of {@code calls}, {@code supervisor}, {@code start} and {@code footprint}, or regular expressions
 * for single benchmarks of {@code calls}. Without arguments, everything runs. With {@code -quick} first, it only checks that
 * everything runs.
 */
public final class Main {

    private static final int ORDINARY_WARM_UP = 5;
    private static final String WOVEN = "WovenBenchmark";

    /** A part of its own, since its figures are for loops with threads, not for calls. */
    private static final String SUPERVISOR = "SupervisorBenchmark";

    /** Groups classes that take equally long to be compiled well, and run with the same number of threads. */
    private static final List<Group> GROUPS = List.of(
            new Group("LimitBenchmark|CallBenchmark", 3, 1),
            new Group("ContentionBenchmark", 3, 1, 2, 8),
            new Group("Resilience4jBenchmark|SentinelBenchmark", 10, 1),
            new Group(WOVEN, ORDINARY_WARM_UP, 1));

    private record Group(String classes, int warmUp, int... threads) {

        String others() {
            return "\\.(?!(?:" + classes + ")\\.)\\w+Benchmark\\.";
        }
    }

    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, RunnerException {
        List<String> parts = new ArrayList<>(Arrays.asList(arguments));
        boolean quick = parts.remove("-quick");
        boolean all = parts.isEmpty();
        boolean start = parts.remove("start");
        boolean footprint = parts.remove("footprint");
        boolean supervisor = parts.remove("supervisor");
        boolean calls = parts.remove("calls") || !parts.isEmpty();
        Files.createDirectories(Path.of("target"));
        if (all || calls) {
            calls(parts, quick);
        }
        if (all || supervisor) {
            write(run(options(List.of(SUPERVISOR), quick, ORDINARY_WARM_UP)), "supervisor");
            IdleBenchmark.run(quick).write(results("idle"));
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
        for (Group group : GROUPS) {
            for (int threads : group.threads()) {
                ChainedOptionsBuilder options = options(patterns, quick, group.warmUp())
                        .exclude(group.others())
                        .threads(threads);
                if (group.classes().equals(WOVEN)) {
                    options.jvmArgsAppend(WovenBenchmark.agent());
                }
                results.addAll(run(options));
            }
        }
        String grouped = Stream.concat(
                        GROUPS.stream().map(Group::classes), patterns.isEmpty() ? Stream.of(SUPERVISOR) : Stream.of())
                .collect(Collectors.joining("|", "\\.(?:", ")\\."));
        results.addAll(run(options(patterns, quick, ORDINARY_WARM_UP).exclude(grouped)));
        if (results.isEmpty()) {
            throw new IllegalArgumentException("no benchmark matches " + patterns);
        }
        write(results, "calls");
    }

    private static void write(Collection<RunResult> results, String part) {
        Path file = results(part);
        ResultFormatFactory.getInstance(ResultFormatType.JSON, file.toString()).writeOut(results);
        System.out.println("Wrote " + file.toAbsolutePath());
    }

    /** Runs nothing if no benchmark matches. */
    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        try {
            return new Runner(options.build()).run();
        } catch (NoBenchmarksException otherPatterns) {
            return List.of();
        }
    }

    /**
     * Fixes the heap's size, so that no run pays for growing it. A second fork shows what the compiler decided by
     * chance.
     */
    private static ChainedOptionsBuilder options(List<String> patterns, boolean quick, int warmUp) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .addProfiler(GCProfiler.class)
                .jvmArgs("-Xms1g", "-Xmx1g", "-XX:+UseG1GC")
                .shouldFailOnError(true)
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 1 : warmUp)
                .warmupTime(TimeValue.milliseconds(quick ? 200 : 500))
                .measurementIterations(quick ? 1 : 4)
                .measurementTime(TimeValue.milliseconds(quick ? 200 : 500));
        patterns.forEach(options::include);
        return options;
    }
}
