package dev.safe.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks on its own JDK, and writes {@code target/results-<jdk>-<part>.json} for {@link Table}. It writes
 * after each step, so that a run that is stopped leaves what it has: see {@link Part}.
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

    /** One benchmark with its warm-up and its threads, which is one step of a part. */
    private record Run(String benchmark, int warmUp, int threads) {

        boolean isWoven() {
            return benchmark.contains(WOVEN);
        }

        @Override
        public String toString() {
            return benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1)
                    + (threads == 1 ? "" : ", " + threads + " threads");
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
        if (all || calls) {
            run("calls", calls(parts), quick);
        }
        if (all || supervisor) {
            run("supervisor", matching(List.of(SUPERVISOR), List.of(), ORDINARY_WARM_UP, 1), quick);
            IdleBenchmark.run(quick);
        }
        if (all || footprint) {
            FootprintBenchmark.run(quick);
        }
        if (all || start) {
            StartBenchmark.run(quick);
        }
    }

    private static List<Run> calls(List<String> patterns) {
        List<Run> runs = new ArrayList<>();
        for (Group group : GROUPS) {
            for (int threads : group.threads()) {
                runs.addAll(matching(patterns, List.of(group.others()), group.warmUp(), threads));
            }
        }
        String grouped = Stream.concat(
                        GROUPS.stream().map(Group::classes), patterns.isEmpty() ? Stream.of(SUPERVISOR) : Stream.of())
                .collect(Collectors.joining("|", "\\.(?:", ")\\."));
        runs.addAll(matching(patterns, List.of(grouped), ORDINARY_WARM_UP, 1));
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("no benchmark matches " + patterns);
        }
        return runs;
    }

    private static List<Run> matching(List<String> patterns, List<String> exclusions, int warmUp, int threads) {
        OutputFormat silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        return BenchmarkList.defaultList().find(silent, patterns, exclusions).stream()
                .map(benchmark -> new Run(benchmark.getUsername(), warmUp, threads))
                .toList();
    }

    private static void run(String name, List<Run> runs, boolean quick) throws IOException, RunnerException {
        Part part = new Part(name, runs.size());
        Collection<RunResult> results = new ArrayList<>();
        for (Run run : runs) {
            results.addAll(new Runner(options(run, quick)).run());
            part.step(run.toString(), file -> ResultFormatFactory.getInstance(ResultFormatType.JSON, file.toString())
                    .writeOut(results));
        }
    }

    /**
     * Fixes the heap's size, so that no run pays for growing it. A second fork shows what the compiler decided by
     * chance.
     */
    private static Options options(Run run, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(run.benchmark()) + "$")
                .addProfiler(GCProfiler.class)
                .jvmArgs("-Xms1g", "-Xmx1g", "-XX:+UseG1GC")
                .shouldFailOnError(true)
                .threads(run.threads())
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 1 : run.warmUp())
                .warmupTime(TimeValue.milliseconds(quick ? 200 : 500))
                .measurementIterations(quick ? 1 : 4)
                .measurementTime(TimeValue.milliseconds(quick ? 200 : 500));
        if (run.isWoven()) {
            options.jvmArgsAppend(WovenBenchmark.agent());
        }
        return options.build();
    }
}
