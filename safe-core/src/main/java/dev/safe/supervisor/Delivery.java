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
     * Returns the extension that the event is from.
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
     * Finalizes the event on the current thread, by {@link ExtensionCapability#finalizeStep} of the instance that
     * polled it. Only the first call does so, whichever threads the calls come from. Does nothing if the supervisor has
     * already finalized the event, because it stops the instance. Throws nothing: the guard has reported what
     * {@code finalizeStep} throws.
     */
    void done();
}
