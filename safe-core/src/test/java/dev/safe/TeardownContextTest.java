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
        assertThat(new TeardownContext(DEADLINE).remaining())
                .isCloseTo(Duration.between(Instant.now(), DEADLINE), Duration.ofHours(1));
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
