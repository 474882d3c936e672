package dev.safe;

import org.jspecify.annotations.Nullable;

/**
 * What an extension implements to give cells a capability: UDP, HTTP, timers.
 *
 * <p>The host calls {@code setup} once, then {@code poll} from a step loop, {@code finalizeStep} once for each event that
 * a poll returned, and {@code teardown} once. It makes each of these calls across a boundary of its
 * {@link ExtensionGuard}, so whatever an implementation throws stays its own problem.
 *
 * <p>An implementation is called by the threads the host chooses. The guard adds no synchronization.
 *
 * @since 0.1
 */
public interface ExtensionCapability {

    /**
     * Returns the extension's identity, by which it is counted, tuned and quarantined. Read once per instance.
     *
     * <p>An implementation must not call the guard with its own instance, which has no name yet: the guard throws an
     * {@link IllegalStateException}. If that leaves this method, it is contained like anything else that this method
     * throws.
     *
     * @return a name such as {@code network.udp}, matching {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}; instances that
     *     share a name share counts, policy and quarantine
     */
    String name();

    /**
     * Acquires what the extension needs.
     *
     * @param env where and with which configuration it runs
     * @throws Exception if the extension cannot start. This is a returned error, not a panic, and the host gets it as
     *     it is
     */
    default void setup(SetupEnv env) throws Exception {}

    /**
     * Returns the next event, without waiting for one.
     *
     * @return the event, or null if nothing is pending, as {@link java.util.Queue#poll()} does
     */
    default @Nullable StepEvent poll() {
        return null;
    }

    /**
     * Releases what an event holds, once the step that the event caused has ended, however it ended. Named so
     * because {@code finalize} is taken by {@link Object}.
     *
     * @param id the {@link StepEvent#id() id} of the event
     */
    default void finalizeStep(long id) {}

    /**
     * Releases everything.
     *
     * @param context says how much time there is
     * @throws Exception if something could not be released; reported as a returned error, never passed on
     */
    default void teardown(TeardownContext context) throws Exception {}
}
