package dev.safe.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.internal.time.Throttle.Decision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThrottleTest {

    private static final long INTERVAL = 1_000;

    private final Throttle throttle = new Throttle();
    private long now = 5_000;

    private List<Decision> decide(String kind, int burst, int times) {
        List<Decision> decisions = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            decisions.add(throttle.decide(kind, burst, INTERVAL, now));
        }
        return decisions;
    }

    @Test
    void shouldLetABurstThroughAndCountTheRest() {
        assertThat(decide("a", 3, 5))
                .containsExactly(Decision.FIRST, Decision.AGAIN, Decision.AGAIN, Decision.SILENT, Decision.SILENT);
        assertThat(throttle.takeSilenced()).isEqualTo(Map.of("a", 2L));
        assertThat(throttle.takeSilenced()).isEmpty();
    }

    @Test
    void shouldLetTheFirstOfEachKindThroughWhateverTheBurst() {
        assertThat(decide("a", 1, 2)).containsExactly(Decision.FIRST, Decision.SILENT);
        assertThat(decide("b", 1, 2)).containsExactly(Decision.FIRST, Decision.SILENT);
        assertThat(decide("c", 0, 2)).containsExactly(Decision.FIRST, Decision.SILENT);
        assertThat(decide("a", 1, 1)).containsExactly(Decision.SILENT);
    }

    @Test
    void shouldCountKindsBeyondTheLargestNumberTogether() {
        for (int i = 0; i < Throttle.MAX_KINDS; i++) {
            assertThat(decide("kind " + i, 0, 1)).containsExactly(Decision.FIRST);
        }
        assertThat(decide("one more", 0, 2)).containsExactly(Decision.SILENT, Decision.SILENT);
        assertThat(decide("another", 0, 1)).containsExactly(Decision.SILENT);
        assertThat(throttle.takeSilenced()).isEqualTo(Map.of(Throttle.OTHERS, 3L));
    }

    @Test
    void shouldBeginAnewWithTheNextInterval() {
        decide("a", 1, 3);
        now += INTERVAL - 1;
        assertThat(throttle.hasEnded(INTERVAL, now)).isFalse();
        assertThat(throttle.takeSilenced(INTERVAL, now)).isEmpty();
        now++;
        assertThat(throttle.hasEnded(INTERVAL, now)).isTrue();
        assertThat(throttle.takeSilenced(INTERVAL, now)).isEqualTo(Map.of("a", 2L));
        assertThat(decide("a", 1, 2)).containsExactly(Decision.FIRST, Decision.SILENT);
    }

    @Test
    void shouldFindRoomForOtherKindsInTheNextInterval() {
        for (int i = 0; i < Throttle.MAX_KINDS; i++) {
            decide("kind " + i, 0, 1);
        }
        now += INTERVAL;
        assertThat(decide("one more", 0, 1)).containsExactly(Decision.FIRST);
    }

    @Test
    void shouldKeepWhatNobodyHasTakenYet() {
        decide("a", 0, 4);
        now += INTERVAL;
        decide("b", 0, 2);
        assertThat(throttle.takeSilenced()).isEqualTo(Map.of("a", 3L, "b", 1L));
    }

    @Test
    void shouldNameTheMostFrequentKindFirst() {
        decide("seldom", 0, 3);
        decide("often", 0, 9);
        decide("never again", 0, 1);
        throttle.silence(5);
        assertThat(new ArrayList<>(throttle.takeSilenced().keySet()))
                .containsExactly("often", Throttle.OTHERS, "seldom");
    }

    @Test
    void shouldLetMoreThroughOnceTheBurstIsLarger() {
        assertThat(decide("a", 1, 2)).containsExactly(Decision.FIRST, Decision.SILENT);
        throttle.reconsider();
        assertThat(decide("a", 2, 2)).containsExactly(Decision.AGAIN, Decision.SILENT);
    }

    @Test
    void shouldWorkAtTheEndsOfTime() {
        now = Long.MAX_VALUE - 1;
        decide("a", 0, 2);
        now += 2; // The clock overflows, as a nanosecond clock may.
        assertThat(throttle.hasEnded(INTERVAL, now)).isFalse();
        now += INTERVAL;
        assertThat(throttle.takeSilenced(INTERVAL, now)).isEqualTo(Map.of("a", 1L));
    }

    /** Kinds come and go with each interval, while threads count them. */
    @Test
    void shouldLoseNothingWhereKindsAreDroppedWhileTheyAreCounted() throws Exception {
        int times = 200_000;
        AtomicLong clock = new AtomicLong();
        List<Decision> through = Collections.synchronizedList(new ArrayList<>());
        AtomicLong taken = new AtomicLong();
        CyclicBarrier together = new CyclicBarrier(2);
        List<Thread> threads = new ArrayList<>();
        for (String kind : List.of("a", "b")) {
            Thread thread = new Thread(() -> {
                try {
                    together.await();
                } catch (Exception failed) {
                    throw new AssertionError(failed);
                }
                for (int i = 0; i < times; i++) {
                    Decision decision = throttle.decide(kind, 0, INTERVAL, clock.addAndGet(37));
                    if (decision != Decision.SILENT) {
                        through.add(decision);
                    }
                    if (i % 50 == 0) {
                        throttle.takeSilenced().values().forEach(taken::addAndGet);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        throttle.takeSilenced().values().forEach(taken::addAndGet);
        assertThat(through).hasSizeGreaterThan(100);
        assertThat(taken.get() + through.size()).isEqualTo(2L * times);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT0.001S",
        "PT0.0000001S, PT0.001S",
        "PT0.25S, PT0.25S",
        "PT0.9999S, PT1S",
        "PT3S, PT3S",
        "PT3.2S, PT4S",
        "PT59.5S, PT1M",
        "PT1M, PT1M",
        "PT5M, PT1M"
    })
    void shouldReturnWithinWhichTimeReportsWereSilenced(Duration passed, Duration shown) {
        throttle.decide("kind", 0, Duration.ofMinutes(1).toNanos(), 17);
        assertThat(throttle.timeSilenced(Duration.ofMinutes(1).toNanos(), 17 + passed.toNanos()))
                .isEqualTo(shown);
    }

    @Test
    void shouldReturnNoMoreThanAnIntervalThatIsNoWholeNumberOfSeconds() {
        long interval = Duration.ofMillis(2_500).toNanos();
        throttle.decide("kind", 0, interval, 17);
        assertThat(throttle.timeSilenced(interval, 17 + Duration.ofMillis(1_500).toNanos()))
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(throttle.timeSilenced(interval, 17 + Duration.ofMillis(2_100).toNanos()))
                .isEqualTo(Duration.ofMillis(2_500));
    }

    @Test
    void shouldHaveNothingSilencedWhereNothingIsLeftToBeTaken() {
        assertThat(throttle.hasSilenced()).isFalse();
        decide("a", 1, 1);
        assertThat(throttle.hasSilenced()).isFalse();
        decide("a", 1, 1);
        assertThat(throttle.hasSilenced()).isTrue();
        throttle.takeSilenced();
        assertThat(throttle.hasSilenced()).isFalse();
        throttle.silence(2);
        assertThat(throttle.hasSilenced()).isTrue();
        throttle.takeSilenced();
        assertThat(throttle.hasSilenced()).isFalse();
    }

    @Test
    void shouldReturnAnIntervalIfNoneHasBegun() {
        assertThat(throttle.timeSilenced(Duration.ofMinutes(1).toNanos(), 17)).isEqualTo(Duration.ofMinutes(1));
        assertThat(throttle.timeSilenced(500, 17)).isEqualTo(Duration.ofNanos(500));
    }
}
