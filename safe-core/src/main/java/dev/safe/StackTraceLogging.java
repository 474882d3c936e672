package dev.safe;

/**
 * Which records of panics in the log carry the stack trace.
 *
 * @since 0.1
 */
public enum StackTraceLogging {

    /** The first panic of each type within an interval of the log. */
    ONCE,

    /** Each panic that the log's burst lets through. */
    ALWAYS,

    /** None. */
    NEVER
}
