package dev.safe;

import java.util.Locale;

/**
 * What was done about a panic.
 *
 * @since 0.1
 */
public enum PanicAction {

    /** Nothing left the boundary: the caller got null, zero, the sentinel given, or a normal return. */
    SUPPRESSED,

    /** An {@link ExtensionPanicException} was thrown. */
    THROWN,

    /** The panic was fatal: the same instance was thrown again. */
    RETHROWN;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /**
     * Returns the name of this action in logs.
     *
     * @return a lower-case word
     */
    public String tag() {
        return tag;
    }
}
