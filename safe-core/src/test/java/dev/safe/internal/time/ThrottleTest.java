package dev.safe.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Together;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    private static final long INTERVAL = 100;

    private final Throttle throttle = new Throttle();

    /** Wraps around before long, as the time of a machine may. */
    private long now = Long.MAX_VALUE - 1;

    private int permitted(int burst, int reports) {
        int permitted = 0;
        for (int i = 0; i < reports; i++) {
            if (throttle.permits(burst, INTERVAL, now)) {
                permitted++;
            }
        }
        return permitted;
    }

    @Test
    void shouldPermitABurstAndCountTheRest() {
        assertThat(permitted(2, 5)).isEqualTo(2);
        assertThat(throttle.hasSilenced()).isTrue();
        assertThat(throttle.takeSilenced()).isEqualTo(3);
        assertThat(throttle.hasSilenced()).isFalse();
        assertThat(throttle.takeSilenced()).isZero();
        assertThat(permitted(2, 1)).isZero();
    }

    @Test
    void shouldPermitNoneIfThereIsNoBurst() {
        assertThat(permitted(0, 3)).isZero();
        assertThat(throttle.takeSilenced()).isEqualTo(3);
    }

    @Test
    void shouldBeginAnIntervalWithTheFirstReportAfterTheLast() {
        assertThat(permitted(1, 2)).isOne();
        now += INTERVAL - 1;
        assertThat(permitted(1, 1)).isZero();
        now += 1;
        assertThat(permitted(1, 2)).isOne();
        now += 5 * INTERVAL + 30; // The next interval begins here, and not with a multiple of an interval.
        assertThat(permitted(1, 2)).isOne();
        now += INTERVAL - 1;
        assertThat(permitted(1, 1)).isZero();
        now += 1;
        assertThat(permitted(1, 1)).isOne();
        assertThat(throttle.takeSilenced()).isEqualTo(5);
    }

    @Test
    void shouldGiveAwayWhatWasSilencedOnceTheIntervalHasEnded() {
        permitted(1, 4);
        now += INTERVAL - 1;
        assertThat(throttle.hasEnded(INTERVAL, now)).isFalse();
        assertThat(throttle.takeSilenced(INTERVAL, now)).isZero();
        now += 1;
        assertThat(throttle.hasEnded(INTERVAL, now)).isTrue();
        assertThat(throttle.takeSilenced(INTERVAL, now)).isEqualTo(3);
        assertThat(throttle.hasEnded(INTERVAL, now)).isFalse();
        assertThat(throttle.takeSilenced(INTERVAL, now)).isZero();
    }

    @Test
    void shouldHaveNothingToGiveAwayBeforeAReport() {
        assertThat(throttle.hasSilenced()).isFalse();
        assertThat(throttle.hasEnded(INTERVAL, now)).isFalse();
        assertThat(throttle.takeSilenced(INTERVAL, now)).isZero();
        assertThat(throttle.takeSilenced()).isZero();
    }

    @Test
    void shouldCountWhatCouldNotBeReportedWithThePresentInterval() {
        permitted(2, 1);
        throttle.silence(7);
        assertThat(permitted(2, 2)).isOne();
        now += INTERVAL;
        assertThat(throttle.takeSilenced(INTERVAL, now)).isEqualTo(8);
    }

    @Test
    void shouldPermitWhatALargerBurstHasLeftOnceItIsReconsidered() {
        assertThat(permitted(1, 2)).isOne();
        assertThat(permitted(3, 2)).isZero();
        throttle.reconsider();
        assertThat(permitted(3, 4)).isEqualTo(2);
        throttle.reconsider();
        assertThat(permitted(1, 1)).isZero();
        assertThat(throttle.takeSilenced()).isEqualTo(6);
    }

    @Test
    void shouldStaySilentForAnIntervalThatNeverEnds() {
        assertThat(throttle.permits(1, Long.MAX_VALUE, now)).isTrue();
        now += Long.MAX_VALUE - 1;
        assertThat(throttle.permits(1, Long.MAX_VALUE, now)).isFalse();
        assertThat(throttle.takeSilenced(Long.MAX_VALUE, now)).isZero();
        assertThat(throttle.takeSilenced()).isOne();
    }

    @Test
    void shouldPermitOrCountEachReportOfEveryThread() throws Exception {
        int threads = 4;
        int reports = 50_000;
        long permitted = 0;
        long silenced = 0;
        for (long[] result : Together.call(threads, () -> reportOften(reports))) {
            permitted += result[0];
            silenced += result[1];
        }
        assertThat(permitted + silenced + throttle.takeSilenced()).isEqualTo((long) threads * reports);
        assertThat(permitted).isBetween(2L * reports / 1_000, 2L * threads * (reports / 1_000 + 1));
    }

    /** Reports on a time that goes on by an interval every thousand reports. Returns what was permitted and taken. */
    private long[] reportOften(int reports) {
        long[] permittedAndTaken = new long[2];
        for (int i = 0; i < reports; i++) {
            long time = INTERVAL * (i / 1_000);
            permittedAndTaken[1] += throttle.takeSilenced(INTERVAL, time);
            permittedAndTaken[0] += throttle.permits(2, INTERVAL, time) ? 1 : 0;
        }
        return permittedAndTaken;
    }
}
