package dev.safe;

/**
 * Records what happens at the boundaries, for whoever asked for a recording: every panic and every overrun, throttled
 * or not. Thread-safe. The caller ignores what it throws, since no panic may get lost because of a recording.
 */
interface FlightLog {

    /** Records nothing. */
    FlightLog NONE = new FlightLog() {};

    /** Returns the log of Java Flight Recorder, or one that records nothing in a runtime without it. */
    static FlightLog find() {
        try {
            return new FlightRecorderLog();
        } catch (LinkageError noFlightRecorder) {
            return NONE;
        }
    }

    /** Returns whether panics are recorded. Allocates nothing, since it is asked at every panic. */
    default boolean recordsPanics() {
        return false;
    }

    /** Returns whether overruns are recorded. */
    default boolean recordsOverruns() {
        return false;
    }

    /**
     * Records a panic.
     *
     * @param logged whether the log policy let it through
     * @param count how many there have been at its boundary so far
     */
    default void panicked(PanicReport report, boolean logged, long count) {}

    /** Records that a boundary entered quarantine. */
    default void quarantined(QuarantineReport report) {}

    /** Records that a boundary left quarantine. */
    default void released(QuarantineReport report) {}

    /**
     * Records a call over its budget.
     *
     * @param logged whether the log policy let it through
     * @param count how many there have been at its boundary so far
     */
    default void overran(OverrunReport report, boolean logged, long count) {}
}
