package dev.safe.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Counts time as proof that a restart has helped, unless the extension was in quarantine. */
class RestartScheduleTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RestartSchedule schedule = new RestartSchedule(
            new RestartPolicy(true, 3, Duration.ofSeconds(1), Duration.ofSeconds(10), 2, 8, Duration.ofHours(1)));

    @Test
    void shouldWaitLongerEachTimeWhileTheExtensionIsUpButInQuarantine() {
        long now = 0;
        for (long expected : new long[] {1, 2, 4, 8, 10}) {
            schedule.up(now);
            schedule.down(now + 1);
            now += 60 * SECOND;
            assertThat(schedule.next(now)).isEqualTo(expected * SECOND);
        }
    }

    @Test
    void shouldBeginAgainOnceTheExtensionWasUpForAsLongAsItsLastBackoff() {
        assertThat(schedule.next(0)).isEqualTo(SECOND);
        assertThat(schedule.next(0)).isEqualTo(2 * SECOND);
        schedule.up(0);
        schedule.down(2 * SECOND);
        schedule.down(3 * SECOND);
        assertThat(schedule.next(3 * SECOND)).isEqualTo(SECOND);
        schedule.up(4 * SECOND);
        assertThat(schedule.next(5 * SECOND)).isEqualTo(SECOND);
        schedule.up(5 * SECOND);
        assertThat(schedule.next(6 * SECOND - 1)).isEqualTo(2 * SECOND);
    }

    @Test
    void shouldCountFromTheRecovery() {
        assertThat(schedule.next(0)).isEqualTo(SECOND);
        schedule.up(0);
        schedule.down(SECOND / 2);
        schedule.up(10 * SECOND);
        assertThat(schedule.next(11 * SECOND - 1)).isEqualTo(2 * SECOND);
    }

    @Test
    void shouldForgetEverythingOnceItIsReset() {
        RestartSchedule few = new RestartSchedule(
                new RestartPolicy(true, 3, Duration.ofSeconds(1), Duration.ofSeconds(10), 2, 2, Duration.ofHours(1)));
        assertThat(few.next(0)).isEqualTo(SECOND);
        assertThat(few.next(0)).isEqualTo(2 * SECOND);
        assertThat(few.next(0)).isEqualTo(RestartSchedule.NEVER);
        few.up(0);
        few.reset();
        assertThat(few.next(60 * SECOND)).isEqualTo(SECOND);
        assertThat(few.next(60 * SECOND)).isEqualTo(2 * SECOND);
        assertThat(few.next(60 * SECOND)).isEqualTo(RestartSchedule.NEVER);
    }

    @Test
    void shouldForgetWhatWasProvenOnceItIsReset() {
        assertThat(schedule.next(0)).isEqualTo(SECOND);
        schedule.up(0);
        schedule.down(SECOND);
        schedule.reset();
        assertThat(schedule.next(SECOND)).isEqualTo(SECOND);
        assertThat(schedule.next(SECOND)).isEqualTo(2 * SECOND);
    }

    @Test
    void shouldNotForgetARestartBeforeTheWindowIsOver() {
        RestartSchedule one = new RestartSchedule(
                new RestartPolicy(true, 3, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1, Duration.ofMinutes(1)));
        assertThat(one.next(0)).isEqualTo(SECOND);
        assertThat(one.next(59 * SECOND)).isEqualTo(RestartSchedule.NEVER);
        assertThat(one.next(120 * SECOND)).isEqualTo(SECOND);
    }
}
