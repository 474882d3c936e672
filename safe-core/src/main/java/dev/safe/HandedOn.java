package dev.safe;

import java.lang.ref.WeakReference;

/**
 * A throwable that a boundary has counted and then thrown again as it is, so that a guard further out on the same thread
 * knows it when it comes by. Until that thread makes its next call: the machine throws one {@link OutOfMemoryError} again
 * and again. Keeps neither the throwable nor the thread alive. Immutable.
 */
final class HandedOn {

    private final WeakReference<Throwable> thrown;
    private final WeakReference<Thread> thread = new WeakReference<>(Thread.currentThread());

    HandedOn(Throwable thrown) {
        this.thrown = new WeakReference<>(thrown);
    }

    /** Whether this is it, on its way out. */
    boolean is(Throwable other) {
        return thrown.refersTo(other) && thread.refersTo(Thread.currentThread());
    }

    /** Whether it cannot come by any more, given that the current thread makes a call. */
    boolean isPast() {
        return thread.refersTo(Thread.currentThread()) || thread.refersTo(null);
    }
}
