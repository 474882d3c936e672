package dev.safe.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened at a boundary. Without a stack trace: the extension's frames are gone by the time that it is
 * recorded. Not thread-safe: each event is an instance of its own.
 */
@Category("Safe")
@StackTrace(false)
public abstract class BoundaryEvent extends Event {

    /** Which extension it happened to. */
    @Label("Extension")
    @Description("The extension's name")
    public @Nullable String extension;

    /** Where it happened. */
    @Label("Phase")
    @Description("The entry point: setup, poll, finalize, teardown or host")
    public @Nullable String phase;

    BoundaryEvent() {}
}
