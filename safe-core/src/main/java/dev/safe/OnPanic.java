package dev.safe;

/**
 * What a panic turns into for the caller, once it has been counted and reported.
 *
 * @since 0.1
 */
public enum OnPanic {

    /** The call seems to have done nothing: null from poll, the fallback from a host function, else a normal return. */
    SUPPRESS,

    /** The caller gets an {@link ExtensionPanicException}. */
    THROW
}
