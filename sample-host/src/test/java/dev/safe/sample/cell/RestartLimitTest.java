package dev.safe.sample.cell;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RestartLimitTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // as a ticker may: it overflows on the way
    private final RestartLimit limit = new RestartLimit(2, Duration.ofNanos(10), now::get);

    @Test
    void shouldAllowSoManyInAWindow() {
        assertThat(limit.allowsOneMore()).isTrue();
        now.addAndGet(4);
        assertThat(limit.allowsOneMore()).isTrue();
        now.addAndGet(6);
        assertThat(limit.allowsOneMore()).isFalse();
        now.addAndGet(1);
        assertThat(limit.allowsOneMore()).as("the first is out of the window").isTrue();
        assertThat(limit.allowsOneMore()).isFalse();
    }
}
