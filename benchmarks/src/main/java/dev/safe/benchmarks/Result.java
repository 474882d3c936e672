package dev.safe.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Describes one figure of one run.
 *
 * @param benchmark class and method, without the package
 * @param threads number of threads
 * @param parameters parameters of the benchmark
 * @param score the mean, or the median where a spread is given
 * @param error half of the mean's 99.9 % confidence interval; NaN if there was only one sample
 * @param unit unit of the score
 * @param bytes bytes that an operation allocates; NaN if not measured
 * @param low the least sample, where a spread is given
 * @param high the greatest sample, where a spread is given
 */
record Result(
        String benchmark,
        int threads,
        Map<String, String> parameters,
        double score,
        double error,
        String unit,
        double bytes,
        double low,
        double high) {

    /** Returns where a figure belongs in the table, whatever the JDK. */
    record Key(String benchmark, int threads, Map<String, String> parameters) {

        String describe() {
            String all = parameters.entrySet().stream()
                    .map(entry -> entry.getValue() + " " + entry.getKey())
                    .collect(Collectors.joining(", "));
            return parameters.containsKey("watch")
                    ? String.valueOf(parameters.get("watch")).toLowerCase()
                    : all;
        }
    }

    Key key() {
        return new Key(benchmark, threads, parameters);
    }

    static List<Result> read(Path file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        try (Reader reader = Files.newBufferedReader(file)) {
            List<Result> results = new ArrayList<>();
            Iterable<?> entries = new Yaml(options).load(reader); // JSON is YAML, which Boot can read already
            for (Object entry : entries) {
                results.add(of((Map<?, ?>) entry));
            }
            return results;
        }
    }

    private static Result of(Map<?, ?> entry) {
        String name = String.valueOf(entry.get("benchmark"));
        Map<?, ?> primary = (Map<?, ?>) entry.get("primaryMetric");
        Map<?, ?> secondary = (Map<?, ?>) entry.get("secondaryMetrics");
        Map<String, String> parameters = new TreeMap<>();
        if (entry.get("params") instanceof Map<?, ?> given) {
            given.forEach((key, value) -> parameters.put(String.valueOf(key), String.valueOf(value)));
        }
        List<?> spread = primary.get("spread") instanceof List<?> given ? given : List.of("NaN", "NaN");
        Object allocated = secondary.get("gc.alloc.rate.norm");
        return new Result(
                name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                (Integer) entry.get("threads"),
                parameters,
                number(primary.get("score")),
                number(primary.get("scoreError")),
                String.valueOf(primary.get("scoreUnit")),
                allocated instanceof Map<?, ?> metric ? number(metric.get("score")) : Double.NaN,
                number(spread.get(0)),
                number(spread.get(1)));
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : Double.parseDouble(String.valueOf(value));
    }
}
