package dev.safe.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OwnerBiasedCounterTest {

    private final OwnerBiasedCounter counter = new OwnerBiasedCounter();
    private long now;

    /**
     * A thread that counts seldom cannot wait for hundreds of counts until its turn, and a thread that counts often
     * cannot take a turn at each.
     */
    @Test
    void shouldTakeTurnsAsTimeGoesByHoweverOftenItCounts() {
        long second = TimeUnit.SECONDS.toNanos(1);
        assertThat(turns(10_000, second / 60)).isGreaterThan(9_900);
        assertThat(turns(1_000_000, 10)).isBetween(3_900L, 4_100L);
        assertThat(turns(10_000, second / 60)).isGreaterThan(8_900);
        assertThat(turns(10_000, second / 5_000)).isBetween(500L, 2_000L);
        assertThat(counter.sum()).isEqualTo(1_030_000);
    }

    private long turns(int times, long apart) {
        long turns = 0;
        for (int i = 0; i < times; i++) {
            now += apart;
            if (counter.increment()) {
                counter.tookTurn(now);
                turns++;
            }
        }
        return turns;
    }

    @Test
    void shouldCountWhatEveryThreadDoes() throws Exception {
        int threads = 4;
        int times = 100_000;
        CyclicBarrier together = new CyclicBarrier(threads + 1);
        List<Thread> others = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread other = new Thread(() -> count(together, times));
            others.add(other);
            other.start();
        }
        count(together, times);
        for (Thread other : others) {
            other.join();
        }
        assertThat(counter.sum()).isEqualTo((threads + 1L) * times);
    }

    private void count(CyclicBarrier together, int times) {
        try {
            together.await();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
        for (int i = 0; i < times; i++) {
            counter.increment();
        }
    }
}
