package dev.safe.sample.fleet;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/** The meters of a host at one moment, as Prometheus sees them. */
record Scrape(List<String> series) {

    static Scrape of(URI host) {
        return new Scrape(Web.text(host.resolve("/actuator/prometheus"))
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList());
    }

    /** Sums the series of a meter up that have some labels, each given as {@code name="value"}. */
    long sum(String meter, String... labels) {
        return Math.round(of(meter, labels)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum());
    }

    private Stream<String> of(String meter, String... labels) {
        return series.stream()
                .filter(line -> line.startsWith(meter + "{") || line.startsWith(meter + " "))
                .filter(line -> Stream.of(labels).allMatch(line::contains));
    }
}
