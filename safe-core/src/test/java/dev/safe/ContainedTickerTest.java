package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Time that cannot be read stands still. */
class ContainedTickerTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - MILLI);
    private boolean broken;
    private final ContainedTicker ticker = new ContainedTicker(this::read);

    private long read() {
        if (broken) {
            throw new StackOverflowError("no room");
        }
        return time.get();
    }

    @Test
    void shouldReadWhatTheHostsTickerSays() {
        assertThat(ticker.read()).isEqualTo(Long.MAX_VALUE - MILLI);
        time.incrementAndGet();
        assertThat(ticker.read()).isEqualTo(Long.MAX_VALUE - MILLI + 1);
        assertThat(ticker.readOr(42)).isEqualTo(Long.MAX_VALUE - MILLI + 1);
    }

    @Test
    void shouldStandStillWhereItCannotBeReadAlsoPastTheLargestNumber() {
        long later = time.addAndGet(3 * MILLI);
        assertThat(ticker.read()).isEqualTo(later).isNegative();
        time.addAndGet(10 * MILLI);
        broken = true;
        assertThat(ticker.read()).isEqualTo(later);
        assertThat(ticker.newest).isEqualTo(later);
        assertThat(ticker.readOr(42)).isEqualTo(42);
        broken = false;
        assertThat(ticker.read()).isEqualTo(later + 10 * MILLI);
    }

    @Test
    void shouldRememberReadingsToTheMillisecond() {
        time.addAndGet(MILLI);
        assertThat(ticker.read()).isEqualTo(Long.MAX_VALUE);
        assertThat(ticker.newest).isEqualTo(Long.MAX_VALUE - MILLI);
        time.incrementAndGet();
        assertThat(ticker.read()).isEqualTo(Long.MIN_VALUE);
        assertThat(ticker.newest).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void shouldStandStillAtZeroIfItWasNeverRead() {
        broken = true;
        assertThat(new ContainedTicker(this::read).read()).isZero();
    }
}
