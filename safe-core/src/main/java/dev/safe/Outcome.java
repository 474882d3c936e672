package dev.safe;

/** What a throwable that came out of an entry point is, and so what is done about it. */
enum Outcome {

    /** Control flow of the host's engine: passed on, uncounted. */
    PASS_THROUGH,

    /** The machine is not to be trusted: counted as a panic, then passed on. */
    FATAL,

    /** An error the entry point declares: counted as one. Setup passes it on, teardown does not. */
    ERROR,

    /** Everything else. */
    PANIC;

    /** Whether it counts as a panic here. */
    boolean isPanic() {
        return this == PANIC || this == FATAL;
    }
}
