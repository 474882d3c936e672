package dev.safe;

import org.jspecify.annotations.Nullable;

/**
 * How an integration, such as an aspect, makes the call that a boundary is put around. Use a non-capturing lambda or a
 * method reference, so that a call allocates nothing: what it needs comes with {@code invocation}.
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
}
