package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows that calls allocate nothing, which does not depend on how busy the machine is. */
@Tag("slow")
class AllocationTest {

    private static final int CALLS = 50_000;
    private static final StepEvent EVENT = new StepEvent("tick", new byte[0], 1, null);

    /** Has no stack trace to fill in, and is always the same instance. */
    private static final RuntimeException PANIC = new RuntimeException("panic", null, false, false) {
        private static final long serialVersionUID = 1L;
    };

    private final TestExtension extension = new TestExtension("a", () -> EVENT);
    private ExtensionGuard guard = ExtensionGuard.ofDefaults();

    @AfterEach
    void close() {
        guard.close();
    }

    private interface Call {

        void make() throws Throwable;
    }

    private static double bytesPerCall(Call call) throws Throwable {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < CALLS; i++) {
            call.make();
        }
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < CALLS; i++) {
            call.make();
        }
        return (double) (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / CALLS;
    }

    private static void assertAllocatesNothing(Call call) throws Throwable {
        assertThat(bytesPerCall(call)).as("bytes per call").isLessThan(0.5);
    }

    @Test
    void shouldSeeWhatIsAllocated() throws Throwable {
        Object[] kept = new Object[1];
        assertThat(bytesPerCall(() -> kept[0] = new byte[100])).isGreaterThanOrEqualTo(100);
    }

    @Test
    void shouldNotAllocateForADecorator() throws Throwable {
        ExtensionCapability guarded = guard.guarded(extension);
        assertAllocatesNothing(guarded::poll);
    }

    @Test
    void shouldNotAllocateForACall() throws Throwable {
        assertAllocatesNothing(() -> guard.callPoll(extension));
    }

    @Test
    void shouldNotAllocateToFinalize() throws Throwable {
        ExtensionCapability guarded = guard.guarded(extension);
        assertAllocatesNothing(() -> guarded.finalizeStep(7));
        assertAllocatesNothing(() -> guard.callFinalize(extension, 7));
    }

    @Test
    void shouldNotAllocateForAHostFunction() throws Throwable {
        IntBinaryOperator function = guard.hostFunction("a", "max", IntBinaryOperator.class, Math::max);
        assertAllocatesNothing(() -> function.applyAsInt(1, 2));
    }

    @Test
    void shouldNotAllocateForAHandle() throws Throwable {
        MethodHandle max = MethodHandles.lookup()
                .findStatic(Math.class, "max", MethodType.methodType(int.class, int.class, int.class));
        MethodHandle function = guard.hostFunction("a", "max", max);
        assertAllocatesNothing(() -> {
            int larger = (int) function.invokeExact(1, 2);
        });
    }

    @Test
    void shouldNotAllocateForABudget() throws Throwable {
        guard = ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .budget(new BudgetPolicy(Duration.ofSeconds(10), OnOverrun.INTERRUPT))
                                .build())
                .build();
        ExtensionCapability guarded = guard.guarded(extension);
        assertAllocatesNothing(guarded::poll);
        assertAllocatesNothing(() -> guard.callPoll(extension));
    }

    @Test
    void shouldNotAllocateForARejectedCall() throws Throwable {
        ExtensionCapability guarded = guard.guarded(extension);
        guard.quarantine("a", Phase.POLL, "to be measured");
        assertAllocatesNothing(guarded::poll);
        assertAllocatesNothing(() -> guard.callPoll(extension));
        assertThat(extension.calls).hasValue(0);
    }

    @Test
    void shouldNotAllocateForASuppressedPanic() throws Throwable {
        guard = ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        Unquarantined.POLL.toBuilder()
                                .log(new LogPolicy(0, Duration.ofMinutes(1), StackTraceLogging.ALWAYS))
                                .build())
                .build();
        extension.behave(() -> {
            throw PANIC;
        });
        ExtensionCapability guarded = guard.guarded(extension);
        assertAllocatesNothing(guarded::poll);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(2 * CALLS);
    }

    /**
     * The quarantine counts each panic and never trips, since the window is shorter than the time between two panics.
     */
    @Test
    void shouldNotAllocateForASuppressedPanicThatTheQuarantineCounts() throws Throwable {
        guard = ExtensionGuard.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL)
                                .log(new LogPolicy(0, Duration.ofMinutes(1), StackTraceLogging.ALWAYS))
                                .quarantine(QuarantinePolicy.builder()
                                        .enabled(true)
                                        .threshold(1_000)
                                        .window(Duration.ofNanos(1))
                                        .build())
                                .build())
                .build();
        extension.behave(() -> {
            throw PANIC;
        });
        ExtensionCapability guarded = guard.guarded(extension);
        assertAllocatesNothing(guarded::poll);
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics()).isEqualTo(2 * CALLS);
    }
}
