package dev.safe.spring;

import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Attaches the listeners to the guard once the singletons are up. Not before: the guard may be needed by the first post
 * processor, and a meter registry that is created that early has none of its customizers applied. What was counted until
 * then is caught up on.
 *
 * @since 0.1
 */
public final class ListenerAttachment implements SmartInitializingSingleton {

    private final ExtensionGuard guard;
    private final ObjectProvider<GuardListener> listeners;

    /**
     * Creates the attachment.
     *
     * @param guard what the listeners listen to
     * @param listeners the listeners
     */
    public ListenerAttachment(ExtensionGuard guard, ObjectProvider<GuardListener> listeners) {
        this.guard = guard;
        this.listeners = listeners;
    }

    @Override
    public void afterSingletonsInstantiated() {
        listeners.orderedStream().forEach(guard::addListener);
    }
}
