package dev.safe.test;

/** Throws undeclared checked exceptions, as bytecode may. */
final class Sneaky {

    private Sneaky() {}

    /**
     * Throws anything. Declares a result that it never returns, so that a caller can throw it and the compiler sees
     * that the path ends.
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
