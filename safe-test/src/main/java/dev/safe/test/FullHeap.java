package dev.safe.test;

import org.jspecify.annotations.Nullable;

/** Fills the heap, and leaves it full while the error propagates. */
final class FullHeap {

    private static final int[] CHUNKS = {1 << 18, 1 << 16, 1 << 10, 16};

    /** A linked list of chunks, to which a chunk can be added without any other memory. */
    @SuppressWarnings({"unused", "UnusedVariable"}) // held, not read
    private static final class Chunk {

        private final byte[] bytes;
        private final @Nullable Chunk before;

        Chunk(byte[] bytes, @Nullable Chunk before) {
            this.bytes = bytes;
            this.before = before;
        }
    }

    private FullHeap() {}

    /**
     * Allocates until the heap is full or the limit is reached, in chunks that get smaller as larger ones do not fit.
     *
     * @throws OutOfMemoryError always
     */
    static void fill(FaultyExtension extension, long atMost) {
        Chunk newest = null;
        long held = 0;
        int size = 0;
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        while (size < CHUNKS.length && held + CHUNKS[size] <= atMost) {
            try {
                newest = new Chunk(new byte[CHUNKS[size]], newest);
                held += CHUNKS[size];
                extension.hoard(newest);
            } catch (OutOfMemoryError real) {
                full = real;
                size++;
            }
        }
        throw full;
    }
}
