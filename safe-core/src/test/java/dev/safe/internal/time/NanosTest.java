package dev.safe.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NanosTest {

    @Test
    void shouldConvertWhatFitsAndSaturateBeyond() {
        assertThat(Nanos.of(Duration.ZERO)).isZero();
        assertThat(Nanos.of(Duration.ofSeconds(1, 1))).isEqualTo(1_000_000_001);
        assertThat(Nanos.of(Duration.ofNanos(Long.MAX_VALUE - 1))).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(Nanos.of(Duration.ofNanos(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(Nanos.of(Duration.ofNanos(Long.MAX_VALUE).plusNanos(1))).isEqualTo(Long.MAX_VALUE);
        assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1e300, 0",
        "1000, 0, 0",
        "1000, 1.5, 1500",
        "3, 0.5, 1",
        "9223372036854775807, 1, 9223372036854775807",
        "4611686018427387904, 2, 9223372036854775807",
        "1, 1e300, 9223372036854775807"
    })
    void shouldMultiplyWithoutOverflow(long nanos, double factor, long product) {
        assertThat(Nanos.times(nanos, factor)).isEqualTo(product);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0ms",
        "PT0.000000001S, 1ns",
        "PT0.000999999S, 999999ns",
        "PT0.001S, 1ms",
        "PT0.2509S, 250900us",
        "PT0.999999999S, 999999999ns",
        "PT1S, 1s",
        "PT1.5S, 1.5s",
        "PT1M, 1m",
        "PT1M30S, 1m30s",
        "PT26H, 26h"
    })
    void shouldFormatAsPeopleWrite(Duration duration, String text) {
        assertThat(Nanos.format(duration)).isEqualTo(text);
    }
}
