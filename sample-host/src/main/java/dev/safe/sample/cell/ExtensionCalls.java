package dev.safe.sample.cell;

import dev.safe.StepEvent;

/** Calls extensions on behalf of a cell. The cells' threads call the implementation. */
public interface ExtensionCalls {

    /** Answers an event that is a request. Returns false if it is not one, or if nobody waits for the answer. */
    boolean reply(StepEvent request, byte[] body);

    /** Sends a packet to the sender of an event that is a packet. Returns whether it was sent. */
    boolean send(StepEvent packet, byte[] payload);

    /** Calls the chaos extension, which may do anything. */
    int chaos();
}
