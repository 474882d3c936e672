package dev.safe.test;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;

/**
 * AssertJ assertions for what a guard has counted.
 *
 * <pre>{@code
 * assertThat(guard).extension("network.udp").hasPanics(Phase.POLL, 3).isQuarantined(Phase.POLL);
 * }</pre>
 *
 * @since 0.1
 */
public final class GuardAssertions {

    private GuardAssertions() {}

    /**
     * Starts an assertion about a guard.
     *
     * @param guard the guard
     * @return an assertion
     */
    public static GuardAssert assertThat(ExtensionGuard guard) {
        return new GuardAssert(guard);
    }

    /**
     * Starts an assertion about one extension at one moment.
     *
     * @param snapshot the extension
     * @return an assertion
     */
    public static ExtensionAssert assertThat(ExtensionSnapshot snapshot) {
        return new ExtensionAssert(snapshot);
    }
}
