package dev.safe;

/** What a throwable out of an entry point is, which decides what is done about it. */
enum Outcome {

    /** Control flow of the host's engine: passed on, uncounted. */
    PASS_THROUGH,

    /** The JVM can no longer be trusted: counted as a panic, then passed on. */
    FATAL,

    /** An error that the entry point declares: counted as an error. Setup passes it on, teardown does not. */
    ERROR,

    /** Everything else. */
    PANIC;

    /** Returns whether it counts as a panic. */
    boolean isPanic() {
        return this == PANIC || this == FATAL;
    }
}
