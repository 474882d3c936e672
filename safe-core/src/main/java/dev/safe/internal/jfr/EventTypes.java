package dev.safe.internal.jfr;

/**
 * One event of each type, which registers the types. None of them is ever committed: only an instance can answer whether
 * events of its type are recorded.
 */
public final class EventTypes {

    private final PanicEvent panic = new PanicEvent();
    private final OverrunEvent overrun = new OverrunEvent();
    private final QuarantineEvent quarantine = new QuarantineEvent();
    private final ReleaseEvent release = new ReleaseEvent();

    /** Registers the types. */
    public EventTypes() {}

    /**
     * Returns whether panics are recorded.
     *
     * @return whether one would be
     */
    public boolean recordPanics() {
        return panic.isEnabled();
    }

    /**
     * Returns whether overruns are recorded.
     *
     * @return whether one would be
     */
    public boolean recordOverruns() {
        return overrun.isEnabled();
    }

    /**
     * Returns whether quarantines are recorded.
     *
     * @return whether one would be
     */
    public boolean recordQuarantines() {
        return quarantine.isEnabled();
    }

    /**
     * Returns whether releases are recorded.
     *
     * @return whether one would be
     */
    public boolean recordReleases() {
        return release.isEnabled();
    }
}
