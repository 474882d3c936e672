package dev.safe.spring;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.boot.convert.DurationStyle;

/** Writes durations as users do in properties, which have one unit: {@code 90s} rather than {@code 1m30s}. Thread-safe. */
public final class DurationText {

    private static final List<ChronoUnit> UNITS = List.of(
            ChronoUnit.DAYS,
            ChronoUnit.HOURS,
            ChronoUnit.MINUTES,
            ChronoUnit.SECONDS,
            ChronoUnit.MILLIS,
            ChronoUnit.MICROS,
            ChronoUnit.NANOS);

    private DurationText() {}

    /**
     * Returns a duration in its largest unit that leaves no fraction.
     *
     * @param duration any duration; if no unit expresses it as a whole number, it is written in ISO 8601
     * @return text that binds to an equal duration
     */
    public static String of(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        for (ChronoUnit unit : UNITS) {
            if (isWhole(duration, unit)) {
                return DurationStyle.SIMPLE.print(duration, unit);
            }
        }
        return DurationStyle.ISO8601.print(duration);
    }

    private static boolean isWhole(Duration duration, ChronoUnit unit) {
        try {
            return Duration.of(duration.dividedBy(unit.getDuration()), unit).equals(duration);
        } catch (ArithmeticException tooLong) { // The number is too large for so small a unit.
            return false;
        }
    }
}
