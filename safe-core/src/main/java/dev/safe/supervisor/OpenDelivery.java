package dev.safe.supervisor;

import dev.safe.StepEvent;

/** A delivery that knows the slot that it is open in. The one object that an event costs. Thread-safe. */
final class OpenDelivery implements Delivery {

    private final Incarnation incarnation;
    private final StepEvent event;
    final int slot;

    OpenDelivery(Incarnation incarnation, StepEvent event, int slot) {
        this.incarnation = incarnation;
        this.event = event;
        this.slot = slot;
    }

    @Override
    public String extension() {
        return incarnation.name();
    }

    @Override
    public StepEvent event() {
        return event;
    }

    @Override
    public void done() {
        incarnation.done(this);
    }

    @Override
    public String toString() {
        return "Delivery[extension=%s, event=%s]".formatted(extension(), event);
    }
}
