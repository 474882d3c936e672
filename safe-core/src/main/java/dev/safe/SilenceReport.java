package dev.safe;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How many panics, overruns or errors of a boundary the log policy left unreported. Immutable.
 *
 * @param extension the extension's name
 * @param phase the entry point
 * @param tally {@link Tally#PANICS}, {@link Tally#OVERRUNS} or {@link Tally#ERRORS}
 * @param count how many were counted, but not reported
 * @param interval the time they were counted in: an interval of the log policy, or the part of it that had passed when
 *     the guard was closed
 * @param types how many there were of each type, the most frequent first; empty for overruns
 * @since 0.1
 */
public record SilenceReport(
        String extension, Phase phase, Tally tally, long count, Duration interval, Map<String, Long> types) {

    /** Copies the types, in their order. */
    public SilenceReport {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
    }

    /**
     * Describes how many there were of each type.
     *
     * @return for example {@code 990 java.lang.NoClassDefFoundError, 5 java.lang.IllegalStateException}
     */
    public String byType() {
        return types.entrySet().stream()
                .map(type -> type.getValue() + " " + type.getKey())
                .collect(Collectors.joining(", "));
    }
}
