package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TeardownContextTest {

    private static final Instant DEADLINE = Instant.parse("9999-12-31T23:59:59Z");

    @Test
    void shouldSayHowMuchTimeIsLeft() {
        Duration atMost = Duration.between(Instant.now(), DEADLINE);
        Duration remaining = new TeardownContext(DEADLINE).remaining();
        assertThat(remaining).isBetween(Duration.between(Instant.now(), DEADLINE), atMost);
    }

    @Test
    void shouldHaveNoTimeLeftOnceTheDeadlineHasPassed() {
        assertThat(new TeardownContext(Instant.EPOCH).remaining()).isZero();
    }

    @Test
    void shouldRefuseToHaveNoDeadline() {
        assertThatThrownBy(() -> new TeardownContext(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("'deadline' must not be null");
    }
}
