package dev.safe.supervisor;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The events of one instance that are not done: one slot for each event that may be in flight. The loop's thread opens
 * an event with a ticket that is used once, and any thread closes it with this ticket. It is closed once, by the one
 * compare-and-set that marks the ticket. Its slot is freed once the event is finalized, so that nothing is torn down
 * before.
 *
 * <p>The slots hold numbers only. A reference to a new object from an old array would cost more than all the rest, since
 * the collector has to be told of it.
 */
final class OpenDeliveries {

    /** The ticket of a free slot; as an answer: all slots are taken. */
    static final long NONE = 0;

    private final int capacity;

    /** How many of a ticket's lower bits are its slot. The rest counts the tickets that were issued. */
    private final int slotBits;

    /** For each slot the ticket that it holds, negative once it is closed, and the id of the event. */
    private final AtomicLongArray slots;

    private long issued;

    /** Where to look for a free slot first. Events are mostly done in order, so it is mostly free. */
    private int next;

    OpenDeliveries(int capacity) {
        this.capacity = capacity;
        this.slotBits = Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
        this.slots = new AtomicLongArray(2 * capacity);
    }

    /** Returns a ticket for a free slot, or {@link #NONE}. Only for the loop's thread. */
    long ticket() {
        for (int tried = 0; tried < capacity; tried++) {
            if (slots.get(2 * next) == NONE) {
                return ++issued << slotBits | next;
            }
            advance();
        }
        return NONE;
    }

    /**
     * Puts the last ticket into its slot. Only for the loop's thread.
     *
     * <p>A release is enough, and costs far less than a volatile write: whoever closes the event has got it from the
     * loop's thread, and what {@link #closeAll} misses on another thread the loop's thread finds when it ends.
     */
    void open(long ticket, long event) {
        slots.setPlain(2 * next + 1, event);
        slots.setRelease(2 * next, ticket);
        advance();
    }

    private void advance() {
        next = next + 1 == capacity ? 0 : next + 1;
    }

    /** Closes an event. Returns whether it was open, which is so for exactly one caller, who finalizes and frees it. */
    boolean close(long ticket) {
        return slots.compareAndSet(2 * slot(ticket), ticket, -ticket);
    }

    /** Frees the slot of an event that the caller has closed and finalized. */
    void free(long ticket) {
        slots.set(2 * slot(ticket), NONE);
    }

    private int slot(long ticket) {
        return (int) ticket & (1 << slotBits) - 1;
    }

    /** Returns whether each event is finalized. */
    boolean isEmpty() {
        for (int slot = 0; slot < capacity; slot++) {
            if (slots.get(2 * slot) != NONE) {
                return false;
            }
        }
        return true;
    }

    /** Closes what is open, and performs an action on each event that nobody else has closed. */
    void closeAll(Closed action) {
        for (int slot = 0; slot < capacity; slot++) {
            long ticket = slots.get(2 * slot);
            if (ticket > NONE) {
                long event = slots.getPlain(2 * slot + 1); // Is replaced only after the ticket was freed.
                if (close(ticket)) {
                    action.accept(ticket, event);
                }
            }
        }
    }

    /** Finalizes and frees an event that was closed. */
    @FunctionalInterface
    interface Closed {

        void accept(long ticket, long event);
    }
}
