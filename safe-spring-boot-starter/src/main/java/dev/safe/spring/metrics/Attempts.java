package dev.safe.spring.metrics;

import org.jspecify.annotations.Nullable;

/**
 * Makes several attempts, so that one that fails does not keep the others from being made: registries and filters are
 * foreign code. Not thread-safe.
 */
final class Attempts {

    private @Nullable Throwable firstFailure;

    /** Makes an attempt, and returns whether it succeeded. Lets out at once what says that stack or memory has ended. */
    boolean make(Runnable attempt) {
        try {
            attempt.run();
            return true;
        } catch (VirtualMachineError end) {
            throw end;
        } catch (Throwable failure) {
            firstFailure = firstFailure == null ? failure : firstFailure;
            return false;
        }
    }

    /** Returns what the first attempt that failed threw, or null if none failed. */
    @Nullable Throwable firstFailure() {
        return firstFailure;
    }

    /** Throws what the first attempt that failed threw, so that the guard logs it. */
    void rethrow() {
        if (firstFailure != null) {
            throw Attempts.<RuntimeException>unchecked(firstFailure);
        }
    }

    /** Passes for an unchecked exception, since filters may throw checked ones without declaring them. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X unchecked(Throwable failure) {
        return (X) failure;
    }
}
