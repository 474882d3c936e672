package dev.safe.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ExtensionsHealthIndicatorTest {

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();
    private final ExtensionCapability extension = guard.guarded(() -> "a");

    @Test
    void shouldStayUpUnlessToldOtherwise() {
        extension.poll();
        guard.quarantine("a", Phase.POLL, "why");
        Health health = new ExtensionsHealthIndicator(guard, null, null).health();
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("a", "QUARANTINED");
    }

    @Test
    void shouldTakeTheStatusConfigured() {
        ExtensionsHealthIndicator indicator = new ExtensionsHealthIndicator(guard, "OUT_OF_SERVICE", "DOWN");
        extension.poll();
        assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
        guard.quarantine("a", Phase.POLL, "why");
        assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        guard.callPoll(() -> {
            throw new IllegalStateException("an extension without a name has failed");
        });
        assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
    }
}
