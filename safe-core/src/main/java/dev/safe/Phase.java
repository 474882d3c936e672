package dev.safe;

/**
 * An entry point of an extension, as policies, logs and meters name it.
 *
 * @since 0.1
 */
public enum Phase {

    /** {@link ExtensionCapability#setup(SetupEnv)}. */
    SETUP("setup"),

    /** {@link ExtensionCapability#poll()}. */
    POLL("poll"),

    /** {@link ExtensionCapability#finalizeStep(long)}. */
    FINALIZE("finalize"),

    /** {@link ExtensionCapability#teardown(TeardownContext)}. */
    TEARDOWN("teardown"),

    /** A host function: code of the extension that a cell calls through the host's engine. */
    HOST("host");

    private final String tag;

    Phase(String tag) {
        this.tag = tag;
    }

    /**
     * Returns the name of this phase in logs, meter tags, properties and the actuator.
     *
     * @return {@code setup}, {@code poll}, {@code finalize}, {@code teardown} or {@code host}
     */
    public String tag() {
        return tag;
    }

    /**
     * Returns whether calls of this phase may be rejected. Setup and teardown never are: without setup an extension
     * never gets what it needs, and without teardown it never lets go of it.
     */
    boolean isRejectable() {
        return this != SETUP && this != TEARDOWN;
    }
}
