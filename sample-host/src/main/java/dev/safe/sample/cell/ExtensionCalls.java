package dev.safe.sample.cell;

import dev.safe.StepEvent;

/** Where what a cell says goes. Implementations are called by the cells' threads. */
public interface ExtensionCalls {

    /** Answers a request; tells whether it was one, and still waited for that. */
    boolean reply(StepEvent request, byte[] body);

    /** Sends a packet to the sender of another; tells whether it was one. */
    boolean send(StepEvent packet, byte[] payload);

    /** May do anything. */
    int chaos();
}
