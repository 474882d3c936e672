package dev.safe.internal.jfr;

import jdk.jfr.FlightRecorder;

/** The recorder of this JVM. */
public final class JvmRecorder implements Recorder {

    /** Starts nothing. */
    public JvmRecorder() {}

    @Override
    public boolean isInUse() {
        return FlightRecorder.isInitialized();
    }

    @Override
    public EventTypes register() {
        return new EventTypes();
    }
}
