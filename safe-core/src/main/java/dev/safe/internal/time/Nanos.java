package dev.safe.internal.time;

import java.time.Duration;
import java.util.Locale;

/** Converts durations to nanoseconds that saturate: 292 years and more count as forever. */
public final class Nanos {

    private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    private Nanos() {}

    /**
     * Converts a duration.
     *
     * @param duration not negative
     * @return its nanoseconds, or the largest long
     */
    public static long of(Duration duration) {
        return duration.compareTo(MAX) >= 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    /**
     * Multiplies without overflow.
     *
     * @param nanos a time
     * @param factor what it is multiplied by
     * @return the product, or the largest long
     */
    public static long times(long nanos, double factor) {
        return (long) (nanos * factor); // A double that is too large for a long becomes the largest long.
    }

    /**
     * Formats a duration as people write it.
     *
     * @param duration not negative
     * @return for example {@code 1m}, {@code 1m30s} or {@code 250ms}
     */
    public static String format(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            long nanos = duration.toNanos();
            return nanos % 1_000_000 == 0
                    ? nanos / 1_000_000 + "ms"
                    : nanos % 1_000 == 0 ? nanos / 1_000 + "us" : nanos + "ns";
        }
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
