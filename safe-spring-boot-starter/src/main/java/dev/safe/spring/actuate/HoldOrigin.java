package dev.safe.spring.actuate;

import dev.safe.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the quarantine of an entry point is declared that its policy holds, so that an operator who cannot release it
 * knows what to change. Implementations have to be thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface HoldOrigin {

    /**
     * Returns where the hold of an entry point comes from.
     *
     * @param extension the extension's name
     * @param phase the entry point
     * @return the property, with its value and where it was written, fit to follow "declared by"; null if it is not known
     */
    @Nullable String of(String extension, Phase phase);
}
