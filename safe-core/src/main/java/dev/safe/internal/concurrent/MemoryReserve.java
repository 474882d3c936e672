package dev.safe.internal.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * Memory that is put aside while there is some, and let go of when the heap is full, so that a report of that can be made.
 * Thread-safe.
 */
public final class MemoryReserve {

    /** The size of the reserve in bytes: a log record with its stack trace takes a fraction of it. */
    public static final int SIZE = 256 * 1024;

    private volatile byte @Nullable [] reserve = new byte[SIZE];

    /** Creates the reserve. */
    public MemoryReserve() {}

    /** Lets go of the memory. */
    public void spend() {
        reserve = null;
    }

    /**
     * Puts memory aside again, if it was let go of and there is enough.
     *
     * @return whether there is a reserve now
     */
    public boolean restore() {
        if (reserve == null) {
            try {
                reserve = new byte[SIZE];
            } catch (OutOfMemoryError full) {
                return false;
            }
        }
        return true;
    }
}
