package dev.safe.supervisor;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The events of one instance that are not done: one slot for each event that may be in flight. The loop's thread opens
 * deliveries, and any thread closes them. A delivery is closed once, by the one compare-and-set that takes it out of
 * its slot.
 */
final class OpenDeliveries {

    /** All slots are taken. */
    static final int NONE = -1;

    private final AtomicReferenceArray<OpenDelivery> slots;

    /** Where to look for a free slot first. Events are mostly done in order, so it is mostly free. */
    private int next;

    OpenDeliveries(int capacity) {
        slots = new AtomicReferenceArray<>(capacity);
    }

    /** Returns a free slot, or {@link #NONE}. Only for the loop's thread. */
    int freeSlot() {
        for (int tried = 0; tried < slots.length(); tried++) {
            if (slots.get(next) == null) {
                return next;
            }
            next = next + 1 == slots.length() ? 0 : next + 1;
        }
        return NONE;
    }

    /**
     * Puts a delivery into its slot, which is free. Only for the loop's thread.
     *
     * <p>A release is enough, and costs far less than a volatile write: whoever closes the delivery has got it from the
     * loop's thread, and what {@link #forEach} misses on another thread the loop's thread finds when it ends.
     */
    void open(OpenDelivery delivery) {
        slots.setRelease(delivery.slot(), delivery);
        next = next + 1 == slots.length() ? 0 : next + 1;
    }

    /** Takes a delivery out of its slot. Returns whether it was there, which is so for exactly one caller. */
    boolean close(OpenDelivery delivery) {
        return slots.compareAndSet(delivery.slot(), delivery, null);
    }

    boolean isEmpty() {
        for (int slot = 0; slot < slots.length(); slot++) {
            if (slots.get(slot) != null) {
                return false;
            }
        }
        return true;
    }

    /** Performs an action on each delivery that is open. */
    void forEach(Consumer<OpenDelivery> what) {
        for (int slot = 0; slot < slots.length(); slot++) {
            OpenDelivery delivery = slots.get(slot);
            if (delivery != null) {
                what.accept(delivery);
            }
        }
    }
}
