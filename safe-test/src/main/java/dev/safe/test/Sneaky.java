package dev.safe.test;

/** Throws what is not declared, as bytecode may. */
final class Sneaky {

    private Sneaky() {}

    /** Throws anything. Declared to return it, so that callers can throw it and the compiler sees the end of a path. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
