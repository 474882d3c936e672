package dev.safe.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.Together;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountersTest {

    private static final int THREADS = 4;
    private static final int TIMES = 100_000;

    private final Counters counters = new Counters(3);

    @Test
    void shouldCountEachByItself() {
        counters.increment(0);
        counters.increment(2);
        counters.increment(2);
        counters.add(1, 40);
        counters.increment(1);
        assertThat(List.of(counters.sum(0), counters.sum(1), counters.sum(2))).containsExactly(1L, 41L, 2L);
    }

    @Test
    void shouldCountWhatEveryThreadDoesAndBeginAnewAfterwards() throws Exception {
        for (int round = 0; round < 3; round++) {
            Together.run(THREADS, this::count);
            assertThat(counters.sum(0)).isEqualTo((long) THREADS * TIMES);
            assertThat(counters.sum(1)).isZero();
            assertThat(counters.sum(2)).isEqualTo(3L * THREADS * TIMES);
            counters.reset();
            assertThat(counters.sum(0)).isZero();
            assertThat(counters.sum(2)).isZero();
        }
    }

    private void count() {
        for (int i = 0; i < TIMES; i++) {
            counters.increment(0);
            counters.increment(2);
            counters.add(2, 2);
        }
    }
}
