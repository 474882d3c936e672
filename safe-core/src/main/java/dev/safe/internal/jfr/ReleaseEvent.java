package dev.safe.internal.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A boundary left quarantine. */
@Name("dev.safe.Release")
@Label("Release")
@Description("An extension is called again after a quarantine")
public final class ReleaseEvent extends BoundaryEvent {

    /** Why it was left. */
    @Label("Reason")
    @Description("Why it is called again")
    public @Nullable String reason;

    /** Creates an event that is not recorded before it is committed. */
    public ReleaseEvent() {}
}
