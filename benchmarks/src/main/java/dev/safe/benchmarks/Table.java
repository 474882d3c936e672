package dev.safe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Prints what {@link Main} has written as Markdown, the JDKs side by side. The arguments are files with results, or
 * none for all in {@code target}.
 */
public final class Table {

    private static final Pattern FILE = Pattern.compile("results-(\\d+)-(\\w+)(\\" + Part.PARTIAL + ")?\\.json");

    /** Pairs a contender with the limit that it cannot undercut. */
    private record Row(
            String label, String benchmark, @Nullable String limit) {}

    private record Section(String title, List<Row> rows) {}

    private static final String HAND_WRITTEN = "LimitBenchmark.handWritten";
    private static final String DIRECT = "LimitBenchmark.direct";
    private static final String DIRECT_HOST_FUNCTION = "LimitBenchmark.directHostFunction";
    private static final String AROUND = "SpringLimitBenchmark.around";

    private static final List<Section> CALLS = List.of(
            new Section(
                    "A call that succeeds",
                    List.of(
                            new Row("limit: direct", DIRECT, null),
                            new Row("limit: try/catch by hand", HAND_WRITTEN, DIRECT),
                            new Row("limit: compare-and-set at the end", "LimitBenchmark.handWrittenBudget", DIRECT),
                            new Row("limit: two clock readings", "LimitBenchmark.handWrittenTimer", DIRECT),
                            new Row("Safe: `guarded`", "CallBenchmark.guarded", DIRECT),
                            new Row("Safe: `callPoll`", "CallBenchmark.callPoll", DIRECT),
                            new Row("Resilience4j", "Resilience4jBenchmark.decorated", DIRECT),
                            new Row("Failsafe", "FailsafeBenchmark.called", DIRECT),
                            new Row("Sentinel", "SentinelBenchmark.called", DIRECT))),
            new Section(
                    "A call of a bean that succeeds",
                    List.of(
                            new Row("limit: interceptor, no AspectJ", "SpringLimitBenchmark.interceptorByName", AROUND),
                            new Row("limit: interceptor", "SpringLimitBenchmark.interceptor", AROUND),
                            new Row("limit: `@Around`", AROUND, null),
                            new Row("Safe: bean", "AdvisedBenchmark.advised", AROUND),
                            new Row("Safe: woven bean", "WovenBenchmark.woven", AROUND),
                            new Row("Resilience4j: `@CircuitBreaker`", "Resilience4jBenchmark.annotated", AROUND),
                            new Row("Spring: `@Retryable`", "SpringResilienceBenchmark.retryable", AROUND),
                            new Row(
                                    "Spring: `@ConcurrencyLimit`",
                                    "SpringResilienceBenchmark.concurrencyLimit",
                                    AROUND))),
            new Section(
                    "A host function",
                    List.of(
                            new Row("limit: direct", DIRECT_HOST_FUNCTION, null),
                            new Row(
                                    "limit: try/catch by hand",
                                    "LimitBenchmark.handWrittenHostFunction",
                                    DIRECT_HOST_FUNCTION),
                            new Row("Safe: interface", "CallBenchmark.hostFunction", DIRECT_HOST_FUNCTION),
                            new Row("Safe: handle", "CallBenchmark.hostFunctionHandle", DIRECT_HOST_FUNCTION))),
            new Section(
                    "A panic",
                    List.of(
                            new Row("limit: try/catch by hand", "LimitBenchmark.handWrittenPanic", null),
                            new Row(
                                    "Safe: suppressed",
                                    "PanicBenchmark.suppressedPanic",
                                    "LimitBenchmark.handWrittenPanic"),
                            new Row("Safe: logged", "PanicBenchmark.loggedPanic", "LimitBenchmark.handWrittenPanic"),
                            new Row(
                                    "Resilience4j",
                                    "Resilience4jBenchmark.decoratedPanic",
                                    "LimitBenchmark.handWrittenPanic"),
                            new Row("Failsafe", "FailsafeBenchmark.panic", "LimitBenchmark.handWrittenPanic"),
                            new Row("Sentinel", "SentinelBenchmark.panic", "LimitBenchmark.handWrittenPanic"),
                            new Row("limit: interceptor that catches", "SpringLimitBenchmark.interceptorPanic", null),
                            new Row(
                                    "Safe: bean, suppressed",
                                    "AdvisedBenchmark.suppressedPanic",
                                    "SpringLimitBenchmark.interceptorPanic"),
                            new Row(
                                    "Resilience4j: `@CircuitBreaker`",
                                    "Resilience4jBenchmark.annotatedPanic",
                                    "SpringLimitBenchmark.interceptorPanic"))),
            new Section(
                    "A call that is not made: quarantine, or an open circuit breaker",
                    List.of(
                            new Row("limit: flag and counter by hand", "LimitBenchmark.handWrittenRejection", DIRECT),
                            new Row("Safe: `guarded`", "PanicBenchmark.rejected", DIRECT),
                            new Row("Safe: `callPoll`", "PanicBenchmark.rejectedCallPoll", DIRECT),
                            new Row("Resilience4j", "Resilience4jBenchmark.decoratedRejected", DIRECT),
                            new Row("Failsafe", "FailsafeBenchmark.rejected", DIRECT),
                            new Row("Sentinel", "SentinelBenchmark.rejected", DIRECT),
                            new Row("Safe: bean", "AdvisedBenchmark.rejected", AROUND),
                            new Row("Safe: woven", "WovenBenchmark.rejected", AROUND),
                            new Row(
                                    "Resilience4j: `@CircuitBreaker`",
                                    "Resilience4jBenchmark.annotatedRejected",
                                    AROUND))),
            new Section(
                    "Many threads, on one extension and on many",
                    List.of(
                            new Row("limit: try/catch by hand", "ContentionBenchmark.handWritten", null),
                            new Row(
                                    "Safe: `guarded`",
                                    "ContentionBenchmark.guarded",
                                    "ContentionBenchmark.handWritten"),
                            new Row(
                                    "Safe: `callPoll`",
                                    "ContentionBenchmark.callPoll",
                                    "ContentionBenchmark.handWritten"),
                            new Row(
                                    "Safe: rejected",
                                    "ContentionBenchmark.rejected",
                                    "ContentionBenchmark.handWritten"),
                            new Row("limit: panic, try/catch by hand", "ContentionBenchmark.handWrittenPanic", null),
                            new Row(
                                    "Safe: panic, suppressed",
                                    "ContentionBenchmark.suppressedPanic",
                                    "ContentionBenchmark.handWrittenPanic"))));

    private static final List<Section> SUPERVISOR = List.of(
            new Section(
                    "An event, from poll to finalize",
                    List.of(
                            new Row(
                                    "loop by hand, finalizes when the sink returns",
                                    "SupervisorBenchmark.handWritten",
                                    "SupervisorBenchmark.handWrittenOnce"),
                            new Row(
                                    "limit: loop by hand, hands over, finalizes once",
                                    "SupervisorBenchmark.handWrittenOnce",
                                    null),
                            new Row(
                                    "Safe: supervised",
                                    "SupervisorBenchmark.supervised",
                                    "SupervisorBenchmark.handWrittenOnce"))),
            new Section(
                    "A restart",
                    List.of(
                            new Row(
                                    "limit: by hand, on the thread that waits",
                                    "SupervisorBenchmark.handWrittenRestart",
                                    null),
                            new Row(
                                    "Safe: `restart`",
                                    "SupervisorBenchmark.restart",
                                    "SupervisorBenchmark.handWrittenRestart"))));

    private static final List<Row> IDLE = List.of(
            new Row("virtual threads", "IdleBenchmark.virtual", null),
            new Row("platform threads", "IdleBenchmark.platform", null));

    private static final List<Row> FOOTPRINT = List.of(
            new Row("an extension and its five boundaries", "FootprintBenchmark.extension", null),
            new Row("the same with its decorator", "FootprintBenchmark.guardedExtension", null),
            new Row("a host function", "FootprintBenchmark.hostFunction", null),
            new Row("a host function, handle", "FootprintBenchmark.hostFunctionHandle", null),
            new Row("allocated by an idle turn of a cell's loop", "FootprintBenchmark.idleStep", null),
            new Row("allocated by a step, no host function", "FootprintBenchmark.tickStep", null),
            new Row("allocated by a step, one host function", "FootprintBenchmark.requestStep", null));

    private final Map<Integer, Map<Result.Key, Result>> byJdk;
    private final Set<Result.Key> keys;
    private final Set<String> printed = new LinkedHashSet<>();

    private Table(Map<Integer, Map<Result.Key, Result>> byJdk) {
        this.byJdk = byJdk;
        this.keys = byJdk.values().stream()
                .flatMap(results -> results.keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    public static void main(String[] arguments) throws IOException {
        Map<Integer, Map<Result.Key, Result>> byJdk = new TreeMap<>();
        List<Path> partial = new ArrayList<>();
        for (Path file : files(arguments)) {
            Matcher name = FILE.matcher(file.getFileName().toString());
            if (!name.matches()) {
                throw new IllegalArgumentException("a file must be named results-<jdk>-<part>.json, got " + file);
            }
            if (name.group(3) != null) {
                partial.add(file.getFileName());
            }
            Map<Result.Key, Result> results =
                    byJdk.computeIfAbsent(Integer.parseInt(name.group(1)), jdk -> new HashMap<>());
            Result.read(file).forEach(result -> results.put(result.key(), result));
        }
        if (byJdk.isEmpty()) {
            throw new IllegalArgumentException("there are no results: run the benchmarks first");
        }
        partial.forEach(file -> System.out.println("**Partial: `" + file
                + "` is of a run that was stopped. Results are missing, or rest on fewer turns.**"));
        new Table(byJdk).print();
    }

    /** Returns one file for each part: the partial one, which is newer, if the last run was stopped. */
    private static Collection<Path> files(String[] arguments) throws IOException {
        if (arguments.length > 0) {
            return Stream.of(arguments).map(Path::of).toList();
        }
        try (Stream<Path> all = Files.list(Path.of("target"))) {
            return all.filter(
                            file -> FILE.matcher(file.getFileName().toString()).matches())
                    .collect(Collectors.toMap(
                            file -> file.toString().replace(Part.PARTIAL, ""),
                            Function.identity(),
                            (one, other) -> one.toString().contains(Part.PARTIAL) ? one : other,
                            TreeMap::new))
                    .values();
        }
    }

    private void print() {
        CALLS.forEach(this::printCalls);
        SUPERVISOR.forEach(this::printCalls);
        printFigures("A thousand idle extensions", IDLE, "% of a processor");
        printStarts();
        printFigures("Footprint", FOOTPRINT, "bytes");
        List<Row> unknown = keys.stream()
                .map(Result.Key::benchmark)
                .distinct()
                .filter(benchmark -> !printed.contains(benchmark))
                .sorted()
                .map(benchmark -> new Row(benchmark, benchmark, null))
                .toList();
        printCalls(new Section("Others", unknown));
    }

    private void printCalls(Section section) {
        List<String> lines = new ArrayList<>();
        for (Row row : section.rows()) {
            for (Result.Key key : keys(row)) {
                StringBuilder line =
                        new StringBuilder("| ").append(label(row, key)).append(" |");
                for (Map<Result.Key, Result> results : byJdk.values()) {
                    Result result = results.get(key);
                    line.append(result == null ? " | | | |" : cells(result, limit(row, result, results)));
                }
                lines.add(line.toString());
            }
        }
        print(section.title(), "", List.of("ns", "B/op", "× limit", "ns over"), lines);
    }

    private static String label(Row row, Result.Key key) {
        String threads = key.benchmark().startsWith("ContentionBenchmark")
                ? (key.threads() == 1 ? "1 thread, " : key.threads() + " threads, ")
                : "";
        String details = threads + key.describe();
        return details.isEmpty() ? row.label() : row.label() + ", " + details;
    }

    private static String cells(Result result, @Nullable Result limit) {
        String bytes = Double.isNaN(result.bytes()) ? "" : String.format(Locale.ROOT, "%.0f", result.bytes());
        if (limit == null) {
            return " %s | %s | | |".formatted(withError(result.score(), result.error()), bytes);
        }
        return " %s | %s | %s | %s |"
                .formatted(
                        withError(result.score(), result.error()),
                        bytes,
                        String.format(Locale.ROOT, "%.2f", result.score() / limit.score()),
                        withError(result.score() - limit.score(), Math.hypot(result.error(), limit.error())));
    }

    /** Finds the limit in the same run, with as many threads and extensions. */
    private static @Nullable Result limit(Row row, Result result, Map<Result.Key, Result> results) {
        if (row.limit() == null) {
            return null;
        }
        Result same = results.get(new Result.Key(row.limit(), result.threads(), result.parameters()));
        return same != null ? same : results.get(new Result.Key(row.limit(), result.threads(), Map.of()));
    }

    private void printStarts() {
        List<String> lines = new ArrayList<>();
        for (String application : List.of("empty", "safe", "resilience4j")) {
            for (Result.Key key : keys(new Row(application, "StartBenchmark." + application, null))) {
                StringBuilder line = new StringBuilder("| %s, %s |".formatted(application, key.describe()));
                for (Map<Result.Key, Result> results : byJdk.values()) {
                    line.append(" %s | %s | %s | %s | %s |"
                            .formatted(
                                    spread(start(results, key, ""), 1),
                                    spread(start(results, key, "Over"), 1),
                                    count(start(results, key, "Beans")),
                                    median(start(results, key, "Heap"), 1024),
                                    median(start(results, key, "Resident"), 1024)));
                }
                lines.add(line.toString());
            }
        }
        print(
                "Start and end of an application",
                "Medians, and least to most; \"over\" is the median of the differences to the empty one with as many"
                        + " beans, turn by turn.",
                List.of("ms", "ms over", "beans", "heap MiB", "RSS MiB"),
                lines);
    }

    private @Nullable Result start(Map<Result.Key, Result> results, Result.Key key, String what) {
        printed.add(key.benchmark() + what);
        return results.get(new Result.Key(key.benchmark() + what, key.threads(), key.parameters()));
    }

    private void printFigures(String title, List<Row> rows, String unit) {
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            for (Result.Key key : keys(row)) {
                StringBuilder line = new StringBuilder("| %s |".formatted(label(row, key)));
                byJdk.values().forEach(results -> line.append(" %s |".formatted(spread(results.get(key), 1))));
                lines.add(line.toString());
            }
        }
        print(title, "Medians, and least to most.", List.of(unit), lines);
    }

    private static String count(@Nullable Result result) {
        return result == null ? "" : String.valueOf(Math.round(result.score()));
    }

    private static String median(@Nullable Result result, double divisor) {
        return result == null ? "" : decimals(result.score() / divisor);
    }

    private static String spread(@Nullable Result result, double divisor) {
        return result == null
                ? ""
                : "%s (%s to %s)"
                        .formatted(
                                decimals(result.score() / divisor),
                                decimals(result.low() / divisor),
                                decimals(result.high() / divisor));
    }

    private List<Result.Key> keys(Row row) {
        printed.add(row.benchmark());
        return keys.stream()
                .filter(key -> key.benchmark().equals(row.benchmark()))
                .sorted(Comparator.comparing(Result.Key::threads)
                        .thenComparing(key -> number(key, "unrelated"))
                        .thenComparing(key -> number(key, "extensions"))
                        .thenComparing(key -> number(key, "ms pause"))
                        .thenComparing(key -> key.parameters().containsKey("watch")
                                ? Watch.valueOf(key.parameters().get("watch"))
                                : Watch.PLAIN))
                .toList();
    }

    private static int number(Result.Key key, String parameter) {
        return Integer.parseInt(key.parameters().getOrDefault(parameter, "0"));
    }

    private void print(String title, String note, List<String> columns, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        System.out.println("\n### " + title + "\n");
        if (!note.isEmpty()) {
            System.out.println(note + "\n");
        }
        String head = byJdk.keySet().stream()
                .flatMap(jdk -> columns.stream().map(column -> "JDK " + jdk + ": " + column))
                .collect(Collectors.joining(" | ", "| | ", " |"));
        System.out.println(head);
        System.out.println("|---|" + "---:|".repeat(columns.size() * byJdk.size()));
        lines.forEach(System.out::println);
    }

    private static String withError(double value, double error) {
        return Double.isNaN(error) ? decimals(value) : decimals(value) + " ± " + decimals(error);
    }

    /** Formats a figure with three digits, since it is not more precise. */
    private static String decimals(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size < 10 ? "%.2f" : size < 100 ? "%.1f" : "%.0f", value);
    }
}
