package dev.safe.test;

/** Runs out of stack for real: the error comes from the end of the stack. */
final class Recursion {

    private Recursion() {}

    @SuppressWarnings("InfiniteRecursion")
    static StackOverflowError toTheEnd() {
        StackOverflowError never = toTheEnd();
        never.setStackTrace(new StackTraceElement[0]); // Not a tail call.
        return never;
    }
}
