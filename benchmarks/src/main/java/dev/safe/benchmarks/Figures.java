package dev.safe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/** Collects figures that JMH does not measure, and writes them in JMH's format. Not thread-safe. */
final class Figures {

    private static final double CONFIDENCE = 0.999;

    private final List<String> entries = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    /** Adds the samples of one figure: their median, their spread, and the error of their mean. */
    void add(Class<?> benchmark, String name, Map<String, String> parameters, String unit, List<Double> samples) {
        Statistics statistics = new ListStatistics(
                samples.stream().mapToDouble(Double::doubleValue).toArray());
        String params = new TreeMap<>(parameters)
                .entrySet().stream()
                        .map(entry -> "\"%s\": \"%s\"".formatted(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
        entries.add("""
                {
                  "benchmark": "%s.%s",
                  "mode": "ss",
                  "threads": 1,
                  "params": %s,
                  "primaryMetric": {
                    "score": %s,
                    "scoreError": %s,
                    "spread": [%s, %s],
                    "scoreUnit": "%s",
                    "rawData": [[%s]]
                  },
                  "secondaryMetrics": {}
                }""".formatted(
                        benchmark.getName(),
                        name,
                        params,
                        number(statistics.getPercentile(50)),
                        number(statistics.getMeanErrorAt(CONFIDENCE)),
                        number(statistics.getMin()),
                        number(statistics.getMax()),
                        unit,
                        samples.stream().map(Figures::number).collect(Collectors.joining(", "))));
        lines.add(String.format(
                Locale.ROOT,
                "%s %s: %.3f (%.3f to %.3f) %s",
                name,
                parameters,
                statistics.getPercentile(50),
                statistics.getMin(),
                statistics.getMax(),
                unit));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "\"NaN\"" : String.format(Locale.ROOT, "%.4f", value);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, entries.stream().collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    }

    /** Returns the figure that was added last, for people. */
    String last() {
        return lines.get(lines.size() - 1);
    }

    void print() {
        lines.forEach(System.out::println);
    }
}
