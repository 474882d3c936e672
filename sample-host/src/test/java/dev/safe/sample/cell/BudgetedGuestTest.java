package dev.safe.sample.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.BudgetPolicy;
import dev.safe.ExtensionGuard;
import dev.safe.OnOverrun;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.endive.runtime.Instance;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.Parser;

/** A budget that interrupts ends a guest that runs away. */
@Timeout(60)
class BudgetedGuestTest {

    // (module (func (export "step") (loop br 0)))
    private static final byte[] RUNAWAY = HexFormat.of()
            .parseHex("0061736d01000000" + "010401600000" + "03020100" + "0708010473746570" + "0000" + "0a09010700"
                    + "03400c000b0b");

    @Test
    void shouldEndAnEndlessLoop() {
        try (ExtensionGuard guard = ExtensionGuard.builder()
                .passThrough(WasmInterruptedException.class)
                .policy(
                        Phase.HOST,
                        PhasePolicy.builder(Phase.HOST)
                                .budget(new BudgetPolicy(Duration.ofMillis(50), OnOverrun.INTERRUPT))
                                .build())
                .build()) {
            Instance instance = Instance.builder(Parser.parse(RUNAWAY)).build();
            Runnable step = guard.hostFunction("guest", "step", Runnable.class, () -> instance.export("step")
                    .apply());
            assertThatThrownBy(step::run).isInstanceOf(WasmInterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(guard.snapshot("guest").orElseThrow().phase(Phase.HOST).overruns())
                    .isOne();
        }
    }
}
