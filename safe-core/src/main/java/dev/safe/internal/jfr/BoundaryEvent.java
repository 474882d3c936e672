package dev.safe.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened at a boundary. Has no stack trace, since the extension's frames are gone by the time it is
 * recorded. Not thread-safe: each event is a new instance.
 */
@Category("Safe")
@StackTrace(false)
public abstract class BoundaryEvent extends Event {

    /** The extension that it happened to. */
    @Label("Extension")
    @Description("The extension's name")
    public @Nullable String extension;

    /** The entry point where it happened. */
    @Label("Phase")
    @Description("The entry point: setup, poll, finalize, teardown or host")
    public @Nullable String phase;

    BoundaryEvent() {}
}
