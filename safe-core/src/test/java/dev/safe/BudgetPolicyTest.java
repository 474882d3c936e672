package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BudgetPolicyTest {

    @Test
    void shouldBeLimitedByAnyLimitButZero() {
        assertThat(new BudgetPolicy(Duration.ofNanos(1), OnOverrun.INTERRUPT).isLimited())
                .isTrue();
        assertThat(BudgetPolicy.NONE.isLimited()).isFalse();
    }
}
