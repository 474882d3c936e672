package dev.safe.internal.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {

    private static final long WIDTH = 10;

    @Test
    void shouldBeFullOfASingleEvent() {
        SlidingWindow window = new SlidingWindow(1);
        assertThat(window.add(0, WIDTH)).isTrue();
        assertThat(window.add(1_000, WIDTH)).isTrue();
        assertThat(window.capacity()).isOne();
    }

    @Test
    void shouldCountEventsAsFarApartAsItIsWideAndNoneFurther() {
        SlidingWindow window = new SlidingWindow(3);
        assertThat(window.capacity()).isEqualTo(3);
        assertThat(window.add(0, WIDTH)).isFalse();
        assertThat(window.add(5, WIDTH)).isFalse();
        assertThat(window.add(11, WIDTH)).isFalse();
        assertThat(window.add(15, WIDTH)).isTrue();
        assertThat(window.add(22, WIDTH)).isFalse();
        assertThat(window.add(24, WIDTH)).isTrue();
    }

    @Test
    void shouldForgetAllEvents() {
        SlidingWindow window = new SlidingWindow(2);
        window.add(0, WIDTH);
        window.add(1, WIDTH);
        window.add(2, WIDTH);
        window.clear();
        assertThat(window.add(3, WIDTH)).isFalse();
        assertThat(window.add(4, WIDTH)).isTrue();
    }

    @Test
    void shouldCountOnThroughTheLargestLong() {
        SlidingWindow window = new SlidingWindow(2);
        window.add(Long.MAX_VALUE, WIDTH);
        assertThat(window.add(Long.MIN_VALUE + 9, WIDTH)).isTrue();
        assertThat(window.add(Long.MIN_VALUE + 20, WIDTH)).isFalse();
    }

    @Test
    void shouldBeFullWheneverThatManyEventsCount() {
        Random random = new Random(4711);
        for (int capacity = 1; capacity <= 5; capacity++) {
            SlidingWindow window = new SlidingWindow(capacity);
            Deque<Long> newest = new ArrayDeque<>();
            long now = 0;
            for (int i = 0; i < 1_000; i++) {
                now += random.nextInt(8);
                newest.add(now);
                if (newest.size() > capacity) {
                    newest.remove();
                }
                boolean full = newest.size() == capacity && now - newest.element() <= WIDTH;
                assertThat(window.add(now, WIDTH))
                        .as("event %d of %d", i, capacity)
                        .isEqualTo(full);
            }
        }
    }
}
