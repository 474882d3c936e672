package dev.safe.supervisor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

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

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final int capacity;

    /** How many of a ticket's lower bits are its slot. The rest counts the tickets that were issued. */
    private final int slotBits;

    /** For each slot the ticket that it holds, negative once it is closed, and the id of the event. */
    final long[] slots;

    /** What a ticket's slot is found with. */
    final int slotMask;

    private long issued;

    /** Where to look for a free slot first. Events are mostly done in order, so it is mostly free. */
    private int next;

    OpenDeliveries(int capacity) {
        this.capacity = capacity;
        this.slotBits = Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
        this.slotMask = (1 << slotBits) - 1;
        this.slots = new long[2 * capacity];
    }

    /** Returns a ticket for a free slot, or {@link #NONE}. Only for the loop's thread. */
    long ticket() {
        for (int tried = 0; tried < capacity; tried++) {
            if (read(next) == NONE) {
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
        slots[2 * next + 1] = event;
        SLOT.setRelease(slots, 2 * next, ticket);
        advance();
    }

    /** Returns how many tickets were issued. Only for the loop's thread. */
    long issued() {
        return issued;
    }

    private void advance() {
        next = next + 1 == capacity ? 0 : next + 1;
    }

    private long read(int slot) {
        return (long) SLOT.getVolatile(slots, 2 * slot);
    }

    /** Closes an event. Returns whether it was open, which is so for exactly one caller, who finalizes and frees it. */
    boolean close(long ticket) {
        return SLOT.compareAndSet(slots, 2 * ((int) ticket & slotMask), ticket, -ticket);
    }

    /**
     * Frees the slot of an event that the caller has closed and finalized. Where no stack is left to call this, the slot is
     * written to directly.
     */
    void free(long ticket) {
        SLOT.setVolatile(slots, 2 * ((int) ticket & slotMask), NONE);
    }

    /** Returns whether each event is finalized. */
    boolean isEmpty() {
        for (int slot = 0; slot < capacity; slot++) {
            if (read(slot) != NONE) {
                return false;
            }
        }
        return true;
    }

    /** Closes what is open, performs an action on the id of each event that nobody else has closed, and frees its slot. */
    void closeAll(LongConsumer action) {
        for (int slot = 0; slot < capacity; slot++) {
            long ticket = read(slot);
            if (ticket > NONE) {
                long event = slots[2 * slot + 1]; // Is replaced only after the ticket was freed.
                if (close(ticket)) {
                    try {
                        action.accept(event);
                        free(ticket);
                    } catch (Throwable noRoom) {
                        slots[2 * slot] = NONE;
                        throw noRoom;
                    }
                }
            }
        }
    }
}
