package dev.safe;

/**
 * Which records of panics in the log carry the stack trace.
 *
 * @since 0.1
 */
public enum StackTraceLogging {

    /** The first panic of each type within an interval of the log. */
    ONCE,

    /** Every panic that is reported in full. */
    ALWAYS,

    /** None. */
    NEVER
}
