package dev.safe;

/**
 * What is done about a call that outlasts its budget, besides counting and reporting it.
 *
 * @since 0.1
 */
public enum OnOverrun {

    /** Nothing more. */
    REPORT,

    /** The calling thread is interrupted, once. The flag is clear again when the call has returned. */
    INTERRUPT
}
