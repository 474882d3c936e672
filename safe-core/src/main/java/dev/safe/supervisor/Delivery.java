package dev.safe.supervisor;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;

/**
 * An event on its way to the host's cells. Thread-safe.
 *
 * @since 0.1
 */
public interface Delivery {

    /**
     * Returns which extension the event is from.
     *
     * @return the extension's name
     */
    String extension();

    /**
     * Returns the event.
     *
     * @return the event as the extension polled it
     */
    StepEvent event();

    /**
     * Finalizes the event with the instance that polled it, by {@link ExtensionCapability#finalizeStep}, on this thread.
     * Exactly one call does so, however many there are and on whichever threads. A call after the supervisor has finalized
     * the event, because it stops the instance, does nothing. Throws nothing: what {@code finalizeStep} throws has been
     * reported.
     */
    void done();
}
