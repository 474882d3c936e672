package dev.safe.internal.jfr;

import jdk.jfr.FlightRecorder;

/** Knows whether there is a recorder, without starting one. Thread-safe. */
public class Recorder {

    /** Creates one that starts nothing either. */
    public Recorder() {}

    /**
     * Returns whether anything has been recorded in this JVM, or is being recorded.
     *
     * @return false as long as nobody has asked for a recording
     */
    public boolean isInUse() {
        return FlightRecorder.isInitialized();
    }

    /**
     * Registers the event types, which takes a while, and starts the recorder if there is none.
     *
     * @return the event types
     */
    public EventTypes register() {
        return new EventTypes();
    }
}
