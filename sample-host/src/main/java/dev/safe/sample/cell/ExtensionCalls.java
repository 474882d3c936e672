package dev.safe.sample.cell;

import dev.safe.StepEvent;

/** Calls extensions on behalf of a cell. The cells' threads call the implementation. */
public interface ExtensionCalls {

    /** Answers a request event. Returns false if the event is not a request, or if nobody waits for the answer. */
    boolean reply(StepEvent request, byte[] body);

    /** Sends a packet back to the sender of a packet event. Returns whether it was sent. */
    boolean send(StepEvent packet, byte[] payload);

    /** Calls the chaos extension, which may do anything. */
    int chaos();
}
