package dev.safe;

/**
 * What a boundary counts. A tally never goes down and is never throttled.
 *
 * @since 0.1
 */
public enum Tally {

    /** Panics. */
    PANICS,

    /** Errors that setup and teardown returned. */
    ERRORS,

    /** Calls not made because of quarantine. */
    REJECTED,

    /** Times the boundary entered quarantine. A probe that fails does not count: quarantine goes on. */
    QUARANTINES,

    /** Calls that outlasted their budget. */
    OVERRUNS
}
