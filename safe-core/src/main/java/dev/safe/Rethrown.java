package dev.safe;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which throwables the boundaries of a guard have counted and passed on lately, so that a boundary further
 * out does not count them again while they are on their way out. Thread-safe.
 *
 * <p>Keeps no references. It identifies a throwable and a boundary by their identity hash codes, and notes how many
 * throwables the boundary had passed on by then. If that number was lower when a call began, a nested call has passed
 * on what the call catches. A throwable that is stored and thrown again by a later call does not pass this test.
 *
 * <p>Each thread has notes of its own, so that the panics of other threads do not push out what is still on its way.
 * They hold the newest {@value #SIZE} throwables. If there is no memory for them, for example because an
 * {@link OutOfMemoryError} is passed on, threads share notes that were allocated in advance.
 *
 * <p>One case cannot be told apart: an outer call that catches a throwable and throws it again later seems to let it
 * through.
 */
final class Rethrown {

    private static final int SIZE = 128;
    private static final int INITIAL_SIZE = 8;

    /**
     * The notes of a thread, for all guards: how many there are, then two numbers for each. An array of longs, so that
     * a thread does not keep our classes alive.
     */
    private static final ThreadLocal<long[]> OWN = new ThreadLocal<>();

    private final long[] shared = new long[1 + 2 * SIZE];

    /** Remembers a throwable that the current thread passes on. */
    void add(Gate boundary, Throwable thrown) {
        long throwableAndThread = key(thrown);
        long boundaryAndWord = pair(System.identityHashCode(boundary), boundary.passOn());
        long[] own = ownWithRoom();
        if (own != null) {
            add(own, throwableAndThread, boundaryAndWord);
        } else {
            synchronized (this) {
                add(shared, throwableAndThread, boundaryAndWord);
            }
        }
    }

    /** Returns the notes of this thread with room for one more, or null if there is no memory for that. */
    private long @Nullable [] ownWithRoom() {
        try {
            long[] notes = OWN.get();
            if (notes == null) {
                notes = new long[1 + 2 * INITIAL_SIZE];
                OWN.set(notes);
            } else if (2 * notes[0] + 1 == notes.length && notes.length < shared.length) {
                notes = Arrays.copyOf(notes, 2 * notes.length - 1);
                OWN.set(notes);
            }
            return notes;
        } catch (OutOfMemoryError none) {
            return null;
        }
    }

    /**
     * Returns the notes of this thread, or null if it has none, or if there is no memory: {@code get} allocates for a
     * thread without a value.
     */
    private static long @Nullable [] own() {
        try {
            return OWN.get();
        } catch (OutOfMemoryError none) {
            return null;
        }
    }

    private static void add(long[] notes, long throwableAndThread, long boundaryAndWord) {
        int size = (notes.length - 1) / 2;
        int next = (int) (notes[0] % size);
        notes[1 + 2 * next] = throwableAndThread;
        notes[2 + 2 * next] = boundaryAndWord;
        notes[0]++;
    }

    /** Returns whether a throwable was passed on by a call nested in the one that read {@code seen} when it began. */
    boolean has(Gate boundary, Throwable thrown, int seen) {
        long throwableAndThread = key(thrown);
        int boundaryHash = System.identityHashCode(boundary);
        long[] notes = own();
        if (notes != null && has(notes, throwableAndThread, boundaryHash, seen)) {
            return true;
        }
        synchronized (this) {
            return shared[0] > 0 && has(shared, throwableAndThread, boundaryHash, seen);
        }
    }

    private static boolean has(long[] notes, long throwableAndThread, int boundaryHash, int seen) {
        for (int i = 1; i < notes.length; i += 2) {
            if (notes[i] == throwableAndThread
                    && (int) (notes[i + 1] >>> 32) == boundaryHash
                    && Gate.isBefore(seen, (int) notes[i + 1])) {
                return true;
            }
        }
        return false;
    }

    private static long key(Throwable thrown) {
        return pair(System.identityHashCode(thrown), System.identityHashCode(Thread.currentThread()));
    }

    private static long pair(int high, int low) {
        return ((long) high << 32) | (low & 0xFFFF_FFFFL);
    }
}
