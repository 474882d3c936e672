package dev.safe.test;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.supervisor.ExtensionSupervisor;

/**
 * AssertJ assertions about guards, snapshots, supervisors and their events.
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

    /**
     * Starts an assertion about a supervisor.
     *
     * @param supervisor the supervisor
     * @return an assertion
     */
    public static SupervisorAssert assertThat(ExtensionSupervisor supervisor) {
        return new SupervisorAssert(supervisor);
    }

    /**
     * Starts an assertion about the events of a supervisor.
     *
     * @param sink the sink that takes them
     * @return an assertion
     */
    public static SinkAssert assertThat(RecordingSink sink) {
        return new SinkAssert(sink);
    }
}
