package dev.safe.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Finds out by what is allocated whether the memory is set aside. */
class MemoryReserveTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long allocatedBy(Runnable task) {
        long thread = Thread.currentThread().getId();
        task.run(); // Loads the classes that are needed.
        long before = THREADS.getThreadAllocatedBytes(thread);
        task.run();
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    @Test
    void shouldPutMemoryAsideFromTheBeginning() {
        assertThat(allocatedBy(MemoryReserve::new)).isGreaterThanOrEqualTo(MemoryReserve.SIZE);
    }

    @Test
    void shouldPutMemoryAsideAgainOnceItIsSpent() {
        MemoryReserve reserve = new MemoryReserve();
        assertThat(allocatedBy(() -> {
                    reserve.spend();
                    reserve.restore();
                }))
                .isGreaterThanOrEqualTo(MemoryReserve.SIZE);
    }

    @Test
    void shouldPutNoMoreAsideThanIsSpent() {
        MemoryReserve reserve = new MemoryReserve();
        assertThat(reserve.restore()).isTrue();
        assertThat(allocatedBy(reserve::restore)).isLessThan(MemoryReserve.SIZE);
        assertThat(allocatedBy(reserve::spend)).isLessThan(MemoryReserve.SIZE);
    }
}
