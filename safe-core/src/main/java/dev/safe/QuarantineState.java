package dev.safe;

/**
 * Whether a boundary lets calls through.
 *
 * @since 0.1
 */
public enum QuarantineState {

    /** Calls go through. */
    CLEAR,

    /**
     * Calls are rejected: until the backoff ends, until an operator who imposed it releases it, or while the policy
     * holds it.
     */
    QUARANTINED,

    /** One call is out to see whether the extension has recovered; all others are rejected. */
    PROBING,

    /** Calls are rejected until released: the extension tripped too often. */
    DISABLED
}
