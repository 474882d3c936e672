package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The decorator that a guard makes of an extension. */
class GuardedExtensionTest {

    private static final StepEvent EVENT = new StepEvent("udp.packet", new byte[] {1}, 7, null);

    private final ExtensionGuard guard = ExtensionGuard.ofDefaults();
    private final ExtensionCapability guarded = guard.guarded(new TestExtension("a", () -> EVENT));

    @Test
    void shouldReturnWhatTheExtensionReturns() {
        assertThat(guarded.poll()).isSameAs(EVENT);
    }

    @Test
    void shouldBeGuardedOnceByEachGuard() {
        ExtensionGuard other = ExtensionGuard.ofDefaults();
        assertThat(guard.guarded(guarded)).isSameAs(guarded);
        ExtensionCapability twice = other.guarded(guarded);
        assertThat(twice).isNotSameAs(guarded);
        assertThat(twice.poll()).isSameAs(EVENT);
        assertThat(other.snapshot("a")).isPresent();
    }

    @Test
    void shouldSayWhatItGuards() {
        assertThat(guarded).hasToString("guarded a");
    }
}
