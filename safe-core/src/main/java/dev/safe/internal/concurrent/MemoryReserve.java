package dev.safe.internal.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * Memory that is set aside while there is some, and let go of when the heap is full, so that this can be reported.
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
     * Sets memory aside again, if it was let go of and there is enough.
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
