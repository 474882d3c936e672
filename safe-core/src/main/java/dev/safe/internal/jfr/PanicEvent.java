package dev.safe.internal.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A panic, logged or not. */
@Name("dev.safe.Panic")
@Label("Panic")
@Description("An extension threw what it does not declare")
public final class PanicEvent extends BoundaryEvent {

    /** What was thrown. */
    @Label("Type")
    @Description("The class name of what was thrown")
    public @Nullable String type;

    /** What it says. */
    @Label("Message")
    @Description("The message of what was thrown, control characters escaped")
    public @Nullable String message;

    /** Where it was thrown. */
    @Label("Location")
    @Description("The top frame of the extension's own code; only of panics that are logged")
    public @Nullable String location;

    /** Which host function panicked. */
    @Label("Function")
    @Description("The name of the host function, in phase host")
    public @Nullable String function;

    /** Which event was finalized. */
    @Label("Step Id")
    @Description("The id of the event, in phase finalize")
    public @Nullable String stepId;

    /** What was done about it. */
    @Label("Action")
    @Description("What was done about it: suppressed, thrown or rethrown")
    public @Nullable String action;

    /** Whether it was logged. */
    @Label("Logged")
    @Description("Whether it was logged; if not, the log was throttled")
    public boolean logged;

    /** How many there have been. */
    @Label("Count")
    @Description("How many panics of this extension and phase there have been so far")
    public long count;

    /** Creates an event that is not recorded before it is committed. */
    public PanicEvent() {}
}
