package dev.safe.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static List<Long> strikes(Schedule schedule, long calls) {
        return LongStream.rangeClosed(1, calls)
                .filter(schedule::strikesOn)
                .boxed()
                .toList();
    }

    @Test
    void shouldStrikeOnTheCallsItNames() {
        assertThat(strikes(Schedule.always(), 3)).containsExactly(1L, 2L, 3L);
        assertThat(strikes(Schedule.times(2), 5)).containsExactly(1L, 2L);
        assertThat(strikes(Schedule.times(0), 5)).isEmpty();
        assertThat(strikes(Schedule.calls(2, 4), 6)).containsExactly(2L, 3L, 4L);
        assertThat(strikes(Schedule.every(3), 9)).containsExactly(3L, 6L, 9L);
        assertThat(strikes(Schedule.every(2).and(Schedule.calls(3, 7)), 10)).containsExactly(4L, 6L);
    }

    @Test
    void shouldStrikeAtRandomButTheSameForTheSameSeed() {
        List<Long> struck = strikes(Schedule.withProbability(0.25, 42), 10_000);
        assertThat(struck).hasSizeBetween(2_300, 2_700).isEqualTo(strikes(Schedule.withProbability(0.25, 42), 10_000));
        assertThat(struck).isNotEqualTo(strikes(Schedule.withProbability(0.25, 43), 10_000));
        assertThat(strikes(Schedule.withProbability(0, 42), 1_000)).isEmpty();
        assertThat(strikes(Schedule.withProbability(1, 42), 1_000)).hasSize(1_000);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.times(-1))
                .withMessage("'times' must not be negative, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.calls(0, 1))
                .withMessage("'first' must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.calls(3, 2))
                .withMessage("'last' must be at least 'first', got 2 and 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.every(0))
                .withMessage("'n' must be at least 1, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Schedule.withProbability(1.5, 1))
                .withMessage("'probability' must be from 0 to 1, got 1.5");
    }
}
