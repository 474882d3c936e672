package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;

class DurationTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"0s", "1ns", "3us", "250ms", "1500ms", "1s", "90s", "1m", "5m", "61m", "2h", "25h", "7d", "-3s"})
    void shouldWriteWhatAUserWould(String text) {
        assertThat(DurationText.of(DurationStyle.detectAndParse(text))).isEqualTo(text);
    }

    @Test
    void shouldUseTheLargestUnitThatFits() {
        assertThat(DurationText.of(Duration.ofSeconds(3600))).isEqualTo("1h");
        assertThat(DurationText.of(Duration.ofMillis(60_000))).isEqualTo("1m");
        assertThat(DurationText.of(Duration.ofHours(24))).isEqualTo("1d");
    }

    @Test
    void shouldWriteForEverSoThatItCanBeReadAgain() {
        for (Duration endless : new Duration[] {
            Duration.ofSeconds(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            Duration.ofNanos(Long.MAX_VALUE)
        }) {
            assertThat(DurationStyle.detectAndParse(DurationText.of(endless))).isEqualTo(endless);
        }
    }
}
