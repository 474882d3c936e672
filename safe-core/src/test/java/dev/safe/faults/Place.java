package dev.safe.faults;

/** Where safe-core calls code that is not its own. */
enum Place {
    NAME,
    EVENT_ID,
    GET_MESSAGE,
    GET_LOCALIZED_MESSAGE,
    GET_CAUSE,
    GET_STACK_TRACE,
    TO_STRING,
    ON_REGISTERED,
    ON_REMOVED,
    ON_COUNT,
    ON_PANIC,
    ON_SILENCE,
    ON_ERROR,
    ON_QUARANTINED,
    ON_RELEASED,
    ON_OVERRUN,
    ON_RESTARTED,
    ON_CALL,
    LOG,
    TICKER,
    RANDOM,
    THREAD_CREATION,
    THREAD_START,
    INTERRUPT
}
