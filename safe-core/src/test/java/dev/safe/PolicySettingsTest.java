package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Settings that contradict each other: the message blames the one that was set. */
class PolicySettingsTest {

    @Test
    void shouldBlameTheFirstBackoffThatIsLongerThanTheBuiltInMaximum() {
        QuarantinePolicy.Builder policy = QuarantinePolicy.builder().initialBackoff(Duration.ofMinutes(10));
        assertThatThrownBy(policy::build)
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("'initialBackoff' must be at most 'maxBackoff' (5m, built in), got 10m");
        assertThat(policy.maxBackoff(Duration.ofMinutes(10)).build().initialBackoff())
                .isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void shouldBlameTheMaximumThatIsShorterThanTheBuiltInFirstBackoff() {
        assertThatThrownBy(() -> QuarantinePolicy.builder()
                        .maxBackoff(Duration.ofMillis(250))
                        .build())
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("'maxBackoff' must be at least 'initialBackoff' (1s, built in), got 250ms");
    }

    @Test
    void shouldBlameTheMaximumIfBothWereSet() {
        assertThatThrownBy(() -> QuarantinePolicy.builder()
                        .initialBackoff(Duration.ofSeconds(90))
                        .maxBackoff(Duration.ofSeconds(30))
                        .build())
                .isInstanceOfSatisfying(InvalidPolicyException.class, invalid -> {
                    assertThat(invalid.setting()).isEqualTo("maxBackoff");
                    assertThat(invalid.value()).isEqualTo("30s");
                    assertThat(invalid.rule()).isEqualTo("must be at least 'initialBackoff' (1m30s)");
                });
    }

    @Test
    void shouldPrintDurationsAsTheyAreWritten() {
        assertThatThrownBy(() -> QuarantinePolicy.builder()
                        .window(Duration.ofMillis(-250))
                        .build())
                .hasMessage("'window' must be more than 0, got -250ms");
        assertThatThrownBy(() -> new BudgetPolicy(Duration.ofMillis(-1), OnOverrun.REPORT))
                .hasMessage("'limit' must be at least 0, got -1ms");
    }
}
