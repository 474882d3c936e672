package dev.safe;

/**
 * How an extension is doing. Where several would apply, the one further down this list is reported.
 *
 * @since 0.1
 */
public enum ExtensionState {

    /** Known, not called yet. */
    NEW,

    /** In use. */
    RUNNING,

    /** At least one of its boundaries is in quarantine. */
    QUARANTINED,

    /** Its setup panicked or returned an error. */
    FAILED,

    /** It has been torn down. */
    STOPPED,

    /** A call has outlasted its budget and has not returned. */
    STUCK,

    /** It is being torn down and set up again, since it did not recover. */
    RESTARTING
}
