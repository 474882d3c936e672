package dev.safe.sample.cell;

import dev.safe.StepEvent;

/** Where what a cell says goes. Implementations are called by the cells' threads. */
public interface Outlets {

    /** Answers a request. */
    void reply(StepEvent request, byte[] body);

    /** Sends a packet to the sender of another. */
    void send(StepEvent packet, byte[] payload);

    /** May do anything. */
    int chaos();
}
