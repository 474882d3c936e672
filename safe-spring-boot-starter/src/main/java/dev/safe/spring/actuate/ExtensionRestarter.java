package dev.safe.spring.actuate;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Restarts extensions for an operator. With a bean of this type, the endpoint can restart extensions, and shows how
 * often each was restarted. Thread-safe.
 *
 * @since 0.1
 */
public interface ExtensionRestarter {

    /**
     * Returns how often an extension was restarted.
     *
     * @param extension its name
     * @return the number of restarts so far; null if it is not supervised
     */
    @Nullable Long restarts(String extension);

    /**
     * Restarts an extension.
     *
     * @param extension its name
     * @param reason why, as operators read it
     * @throws NoSuchElementException if it is not supervised
     * @throws IllegalStateException if it cannot be restarted now
     */
    void restart(String extension, String reason);
}
