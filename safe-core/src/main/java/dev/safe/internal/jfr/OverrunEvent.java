package dev.safe.internal.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** A call outlasted its budget, logged or not. */
@Name("dev.safe.Overrun")
@Label("Overrun")
@Description("A call of an extension takes longer than its budget")
public final class OverrunEvent extends BoundaryEvent {

    /** How long the call may take. */
    @Label("Limit")
    @Description("The budget of the call")
    @Timespan(Timespan.NANOSECONDS)
    public long limit;

    /** Which thread is stuck. */
    @Label("Stuck Thread")
    @Description("The name of the thread that makes the call; control characters escaped")
    public @Nullable String stuckThread;

    /** Where it is stuck. */
    @Label("Stuck At")
    @Description("Where the call is, the newest frames first")
    public @Nullable String stuckAt;

    /** Whether it was interrupted. */
    @Label("Interrupted")
    @Description("Whether the thread was interrupted")
    public boolean interrupted;

    /** Whether it was logged. */
    @Label("Logged")
    @Description("Whether it was logged; if not, the log was throttled")
    public boolean logged;

    /** How many there have been. */
    @Label("Count")
    @Description("How many overruns of this extension and phase there have been so far")
    public long count;

    /** Creates an event that is not recorded before it is committed. */
    public OverrunEvent() {}
}
