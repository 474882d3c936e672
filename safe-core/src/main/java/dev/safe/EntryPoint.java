package dev.safe;

import org.jspecify.annotations.Nullable;

/**
 * Makes the call that crosses a boundary, for an integration such as an aspect. Use a non-capturing lambda or a method
 * reference, so that a call allocates nothing. What it needs comes with {@code invocation}.
 *
 * @param <T> what it needs to make the call
 * @since 0.1
 */
@FunctionalInterface
public interface EntryPoint<T> {

    /**
     * Makes the call.
     *
     * @param invocation what is needed to make it
     * @return what the extension returned
     * @throws Throwable what the extension threw
     */
    @Nullable Object proceed(T invocation) throws Throwable;

    /**
     * Returns the id of the event that is finalized, for the report of a panic. Called only if the call threw.
     *
     * @param invocation what is needed to make the call
     * @return the id; ignored for any phase but finalize
     */
    default long id(T invocation) {
        return 0;
    }
}
