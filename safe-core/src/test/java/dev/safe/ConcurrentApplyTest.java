package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leaves every boundary under the policies in force, however many threads apply policies. */
@Tag("slow")
@Timeout(60)
class ConcurrentApplyTest {

    private static final int ROUNDS = 300;
    private static final Policies THROWING = policies(OnPanic.THROW);
    private static final Policies SUPPRESSING = policies(OnPanic.SUPPRESS);

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final ExtensionGuard guard =
            ExtensionGuard.builder().policies(SUPPRESSING).build();

    private static Policies policies(OnPanic onPanic) {
        Policies.Builder builder = Policies.builder();
        for (Phase phase : List.of(Phase.FINALIZE, Phase.TEARDOWN)) {
            builder.policy(phase, PhasePolicy.builder(phase).onPanic(onPanic).build());
        }
        return builder.build();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        guard.close();
    }

    private void atOnce(Runnable one, Runnable other) throws Exception {
        AtomicInteger ready = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (Runnable task : List.of(one, other)) {
            running.add(threads.submit(() -> {
                ready.incrementAndGet();
                while (ready.get() < 2) {
                    Thread.onSpinWait(); // A barrier would wake them too far apart.
                }
                task.run();
                return null;
            }));
        }
        for (Future<?> task : running) {
            task.get();
        }
    }

    private OnPanic policyInForce(TestExtension extension) {
        try {
            guard.callFinalize(extension, 1);
            return OnPanic.SUPPRESS;
        } catch (ExtensionPanicException thrown) {
            return OnPanic.THROW;
        }
    }

    private static TestExtension panicking(String name) {
        return TestExtension.throwing(name, new IllegalStateException("boom"));
    }

    @Test
    void shouldAgreeOnThePoliciesThatWereAppliedLastByTwoThreads() throws Exception {
        List<TestExtension> extensions = new ArrayList<>(); // Keeps the extensions from being collected.
        List<TestExtension> sample = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            TestExtension extension = panicking("extension-" + i);
            guard.register(extension, "ignored");
            if (i % 50 == 0) {
                sample.add(extension);
            }
            extensions.add(extension);
        }
        int mixed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            atOnce(() -> guard.apply(THROWING), () -> guard.apply(SUPPRESSING));
            OnPanic ofNewOnes = policyInForce(panicking("new-" + round));
            guard.remove("new-" + round);
            if (!sample.stream().allMatch(extension -> policyInForce(extension) == ofNewOnes)) {
                mixed++;
            }
        }
        assertThat(guard.snapshots()).hasSameSizeAs(extensions);
        assertThat(mixed)
                .as("rounds of %s after which boundaries were under different policies", ROUNDS)
                .isZero();
    }
}
