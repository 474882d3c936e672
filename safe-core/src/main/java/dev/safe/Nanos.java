package dev.safe;

import java.time.Duration;
import java.util.Locale;

/** Durations as nanoseconds that saturate: 292 years is as good as for ever. */
final class Nanos {

    private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    private Nanos() {}

    static long of(Duration duration) {
        return duration.compareTo(MAX) >= 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    /** Multiplies without overflow: a double too large for a long becomes the largest long. */
    static long times(long nanos, double factor) {
        return (long) (nanos * factor);
    }

    /** A duration as people write it: {@code 1m}, {@code 1m30s}, {@code 250ms}. */
    static String format(Duration duration) {
        String iso = duration.toString();
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() > 0 ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
        }
        return iso.substring(2).toLowerCase(Locale.ROOT);
    }
}
