package dev.safe;

import java.time.Duration;

/**
 * How many panics of a boundary the log policy left unreported. Immutable.
 *
 * @param extension the extension's name
 * @param phase the entry point
 * @param count how many panics were counted, but not reported
 * @param interval within which time
 * @since 0.1
 */
public record SilenceReport(String extension, Phase phase, long count, Duration interval) {}
