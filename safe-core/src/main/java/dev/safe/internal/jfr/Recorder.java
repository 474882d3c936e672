package dev.safe.internal.jfr;

import jdk.jfr.FlightRecorder;

/** Knows whether there is a recorder, without starting one. */
public final class Recorder {

    private Recorder() {}

    /**
     * Returns whether anything has been recorded in this JVM, or is being recorded.
     *
     * @return false as long as nobody has asked for a recording
     */
    public static boolean isInUse() {
        return FlightRecorder.isInitialized();
    }
}
