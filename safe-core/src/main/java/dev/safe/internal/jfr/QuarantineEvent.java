package dev.safe.internal.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timestamp;
import org.jspecify.annotations.Nullable;

/** A boundary entered quarantine. */
@Name("dev.safe.Quarantine")
@Label("Quarantine")
@Description("An extension is not called any more, or its quarantine goes on after a failed probe")
public final class QuarantineEvent extends BoundaryEvent {

    /** Stands for no time. Tools show it as missing. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** Why it was entered. */
    @Label("Reason")
    @Description("Why it is in quarantine, with the last panic; control characters escaped")
    public @Nullable String reason;

    /** Whether it ends by itself. */
    @Label("State")
    @Description("quarantined, or disabled: nothing but a release brings it back")
    public @Nullable String state;

    /** How often it was entered. */
    @Label("Trips")
    @Description("How often panics have led to quarantine since the last release by hand")
    public int trips;

    /** When it is tried again. */
    @Label("Until")
    @Description("When it is tried again; missing if it has to be released")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    public long until = NO_TIME;

    /** Creates an event that is not recorded before it is committed. */
    public QuarantineEvent() {}
}
