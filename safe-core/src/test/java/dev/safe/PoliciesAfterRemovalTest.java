package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Applies later policies and orders to decorators and wrappers of an extension that was removed. */
@Timeout(60)
class PoliciesAfterRemovalTest {

    private final TestExtension extension = TestExtension.throwing("a", new IllegalStateException("boom"));

    private final ExtensionGuard guard =
            ExtensionGuard.builder().policy(Phase.POLL, Unquarantined.POLL).build();

    @AfterEach
    void close() {
        guard.close();
    }

    private static void boom() {
        throw new IllegalStateException("boom");
    }

    @Test
    void shouldReachADecoratorAndAWrapperWithNewPolicies() {
        ExtensionCapability decorator = guard.guarded(extension);
        Runnable function = guard.hostFunction("a", "f", Runnable.class, PoliciesAfterRemovalTest::boom);
        guard.remove("a");
        guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build())
                .policy(
                        Phase.HOST,
                        PhasePolicy.builder(Phase.HOST).onPanic(OnPanic.THROW).build())
                .build());
        assertThatThrownBy(decorator::poll).isInstanceOf(ExtensionPanicException.class);
        assertThatThrownBy(function::run).isInstanceOf(ExtensionPanicException.class);
    }

    @Test
    void shouldReachADecoratorAndAWrapperWithAQuarantineByHand() {
        ExtensionCapability decorator = guard.guarded(extension);
        AtomicInteger calls = new AtomicInteger();
        Runnable function = guard.hostFunction("a", "f", Runnable.class, calls::incrementAndGet);
        guard.remove("a");
        guard.register(extension, "ignored");
        guard.quarantine("a", Phase.POLL, "ticket 4711");
        guard.quarantine("a", Phase.HOST, "ticket 4711");
        decorator.poll();
        function.run();
        assertThat(extension.calls).hasValue(0);
        assertThat(calls).hasValue(0);
        guard.release("a", Phase.POLL);
        guard.release("a", Phase.HOST);
        decorator.poll();
        function.run();
        assertThat(extension.calls).hasValue(1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldLetADecoratorAndAWrapperOutOfTheQuarantineThatWasForgotten() {
        ExtensionCapability decorator = guard.guarded(extension);
        AtomicInteger calls = new AtomicInteger();
        Runnable function = guard.hostFunction("a", "f", Runnable.class, calls::incrementAndGet);
        guard.quarantine("a", Phase.POLL, "ticket 4711");
        guard.quarantine("a", Phase.HOST, "ticket 4711");
        guard.remove("a");
        decorator.poll();
        function.run();
        assertThat(extension.calls).hasValue(1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldShowTheOverrunOfADecorator() {
        ExtensionCapability decorator = guard.guarded(extension);
        guard.remove("a");
        guard.apply(Policies.builder()
                .policy(Phase.POLL, Unquarantined.poll(new BudgetPolicy(Duration.ofMillis(20), OnOverrun.INTERRUPT)))
                .build());
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        extension.behave(() -> {
            try {
                assertThat(never.await(2, TimeUnit.SECONDS)).isFalse();
            } catch (InterruptedException ofTheBudget) {
                interrupted.set(true);
            }
            return null;
        });
        decorator.poll();
        assertThat(interrupted).isTrue();
        assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).overruns())
                .isOne();
    }
}
