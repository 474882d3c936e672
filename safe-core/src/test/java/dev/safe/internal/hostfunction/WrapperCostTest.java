package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.safe.internal.hostfunction.Shapes.IntSource;
import dev.safe.internal.watch.WatchedCall;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** What wrappers cost: classes and memory. */
class WrapperCostTest {

    private final RecordingBoundary boundary = new RecordingBoundary();
    private final IllegalStateException boom = new IllegalStateException("boom");

    @Test
    void shouldSpinOneClassPerInterface() {
        Set<Class<?>> classes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            int value = i;
            IntSource body = i % 2 == 0 ? () -> value : new Constant(value);
            IntSource wrapper = HostFunctions.wrap(new RecordingBoundary(), "f" + i, IntSource.class, body);
            assertThat(wrapper.get()).isEqualTo(i);
            classes.add(wrapper.getClass());
        }

        assertThat(classes).hasSize(1);
    }

    @Test
    void shouldAllocateNothingPerCall() {
        CallBoundary silent = new SilentBoundary();
        IntUnaryOperator wrapper = HostFunctions.wrap(silent, "f", IntUnaryOperator.class, value -> value + 1);
        IntUnaryOperator failing = HostFunctions.wrap(
                silent,
                "f",
                IntUnaryOperator.class,
                value -> {
                    throw boom;
                },
                -1);

        assertThat(allocatedBy(wrapper)).isLessThan(100_000L);
        assertThat(allocatedBy(failing)).isLessThan(100_000L);
    }

    /** Returns how many bytes a million calls allocate, once warm. */
    private static long allocatedBy(IntUnaryOperator wrapper) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        assertThat(call(wrapper)).isNotEqualTo(5);
        long before = threads.getCurrentThreadAllocatedBytes();
        int sum = call(wrapper);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(sum).isNotEqualTo(5);
        return allocated;
    }

    private static int call(IntUnaryOperator wrapper) {
        int sum = 0;
        for (int i = 0; i < 1_000_000; i++) {
            sum += wrapper.applyAsInt(i);
        }
        return sum;
    }

    private record Constant(int get) implements IntSource {}

    /** Counts nothing. */
    private static final class SilentBoundary extends CallBoundary {

        @Override
        public WatchedCall enter() {
            return null;
        }

        @Override
        public void exit(WatchedCall call) {}

        @Override
        public void failed(int seen, WatchedCall call, String function, Throwable thrown) {}

        @Override
        public void contained(int seen, WatchedCall call, String function, Throwable thrown) {}

        @Override
        public String extension() {
            return "silent";
        }
    }
}
