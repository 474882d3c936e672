package dev.safe.internal.jfr;

/** A recorder that may not have been started. Implementations must be thread-safe. */
public interface Recorder {

    /**
     * Returns whether it has recorded anything, or is recording. Starts nothing.
     *
     * @return false as long as nobody has asked for a recording
     */
    boolean isInUse();

    /**
     * Registers the event types, which takes a while, and starts the recorder first.
     *
     * @return the event types
     */
    EventTypes register();
}
