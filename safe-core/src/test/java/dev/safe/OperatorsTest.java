package dev.safe;

import static dev.safe.PolledGuard.BOOM;
import static dev.safe.PolledGuard.quarantine;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** What an operator does to a boundary: imposes, releases, applies policies and removes. */
class OperatorsTest {

    @Test
    void shouldBeImposedAndReleasedByHand() {
        PolledGuard polled = new PolledGuard(QuarantinePolicy.builder());
        TestExtension extension = new TestExtension("a", () -> null);
        polled.guard.callPoll(extension);
        polled.guard.quarantine("a", Phase.POLL, "ticket\n4711");
        polled.ticker.advance(Duration.ofDays(1));
        polled.poll(extension, 3);
        assertThat(extension.calls).hasValue(1);
        assertThat(polled.phase().quarantine())
                .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 0, null, "ticket\\n4711", false));
        polled.guard.release("a", Phase.POLL);
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThatThrownBy(() -> polled.guard.quarantine("a", Phase.SETUP, "no"))
                .hasMessage("phase 'setup' is never rejected: quarantine poll, finalize or host");
    }

    @Test
    void shouldBeReadInPart() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(2));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        assertThat(polled.guard.state("a")).isEmpty();
        assertThat(polled.guard.snapshot("a", Phase.POLL)).isEmpty();
        polled.guard.register(extension, "a");
        assertThat(polled.guard.state("a")).hasValue(ExtensionState.NEW);
        polled.poll(extension, 1);
        assertThat(polled.guard.state("a")).hasValue(ExtensionState.RUNNING);
        polled.poll(extension, 1);
        assertThat(polled.guard.state("a")).hasValue(ExtensionState.QUARANTINED);
        assertThat(polled.guard.snapshot("a", Phase.POLL)).hasValue(polled.phase());
        assertThat(polled.phase().panics()).isEqualTo(2);
        polled.guard.remove("a");
        assertThat(polled.guard.state("a")).isEmpty();
    }

    @Test
    void shouldGiveARejectedHostFunctionItsFallback() {
        PolledGuard polled = new PolledGuard(QuarantinePolicy.builder());
        AtomicInteger calls = new AtomicInteger();
        IntSupplier plain = polled.guard.hostFunction("a", "f", IntSupplier.class, calls::incrementAndGet);
        IntSupplier sentinel = polled.guard.hostFunction("a", "f", IntSupplier.class, calls::incrementAndGet, -1);
        polled.guard.quarantine("a", Phase.HOST, "why");
        assertThat(plain.getAsInt()).isZero();
        assertThat(sentinel.getAsInt()).isEqualTo(-1);
        assertThat(calls).hasValue(0);
    }

    @Test
    void shouldLeaveQuarantineAtTheNextProbeOnceItIsTurnedOff() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(2));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 2);
        polled.guard.apply(
                Policies.builder().policy(Phase.POLL, Unquarantined.POLL).build());
        polled.poll(extension, 1);
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
        polled.ticker.advance(Duration.ofMinutes(10));
        polled.poll(extension, 3);
        assertThat(polled.state()).isEqualTo(QuarantineState.CLEAR);
        assertThat(extension.calls).hasValue(5);
    }

    @Test
    void shouldApplyNewPoliciesWithoutForgetting() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(2));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 2);
        polled.guard.apply(Policies.builder()
                .policy(
                        Phase.POLL,
                        PhasePolicy.builder(Phase.POLL).onPanic(OnPanic.THROW).build())
                .build());
        assertThat(polled.state()).isEqualTo(QuarantineState.QUARANTINED);
        polled.ticker.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> polled.guard.callPoll(extension)).isInstanceOf(ExtensionPanicException.class);
        assertThat(polled.phase().panics()).isEqualTo(3);
    }

    @Test
    void shouldForgetARemovedExtension() {
        PolledGuard polled = new PolledGuard(quarantine().threshold(1));
        TestExtension extension = TestExtension.throwing("a", BOOM);
        polled.poll(extension, 1);
        polled.guard.remove("a");
        assertThat(polled.guard.snapshots()).isEmpty();
        polled.poll(extension, 1);
        assertThat(extension.calls).hasValue(2);
        assertThat(polled.phase().panics()).isOne();
    }
}
