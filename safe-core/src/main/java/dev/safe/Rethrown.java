package dev.safe;

/**
 * Remembers which throwables the boundaries of a guard have counted and passed on lately, so that a boundary further out does
 * not count them again while they are on their way out. Thread-safe.
 *
 * <p>Keeps no reference to anything: a throwable, a thread and a boundary are known by their identity hash codes, together
 * with how many throwables the boundary had passed on by then. What a call catches was passed on by a call within it if the
 * boundary's number was lower when the outer call began. A throwable that is stored and thrown again in a later call was not. Remembers
 * the newest throwables only, and allocates nothing: what is passed on may be an {@link OutOfMemoryError}.
 *
 * <p>A throwable that the outer call catches and throws again later looks like one that it lets through.
 */
final class Rethrown {

    private static final int SIZE = 128;

    private final long[] throwablesAndThreads = new long[SIZE];
    private final long[] boundariesAndWords = new long[SIZE];
    private int next;

    /** Remembers a throwable that the current thread passes on. */
    void add(Gate boundary, Throwable thrown) {
        long throwableAndThread = key(thrown);
        long boundaryAndWord = pair(System.identityHashCode(boundary), boundary.passOn());
        synchronized (this) {
            throwablesAndThreads[next] = throwableAndThread;
            boundariesAndWords[next] = boundaryAndWord;
            next = (next + 1) % SIZE;
        }
    }

    /** Returns whether a throwable was passed on by a call within one that began when the boundary's word was {@code seen}. */
    boolean has(Gate boundary, Throwable thrown, int seen) {
        long throwableAndThread = key(thrown);
        int boundaryHash = System.identityHashCode(boundary);
        synchronized (this) {
            for (int i = 0; i < SIZE; i++) {
                if (throwablesAndThreads[i] == throwableAndThread
                        && (int) (boundariesAndWords[i] >>> 32) == boundaryHash
                        && Gate.isBefore(seen, (int) boundariesAndWords[i])) {
                    return true;
                }
            }
            return false;
        }
    }

    private static long key(Throwable thrown) {
        return pair(System.identityHashCode(thrown), System.identityHashCode(Thread.currentThread()));
    }

    private static long pair(int high, int low) {
        return ((long) high << 32) | (low & 0xFFFF_FFFFL);
    }
}
