package dev.safe;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The watched calls that one thread has in flight, the innermost last. Only that thread enters and leaves; the watchdog
 * reads along. Passages are used again, so that a watched call allocates nothing.
 */
final class CallStack {

    private final WeakReference<Thread> thread;
    private volatile Passage[] passages = {};
    private int depth;

    CallStack(Thread thread) {
        this.thread = new WeakReference<>(thread);
    }

    /** Whether a call across the boundary is in flight already, further out. */
    boolean isInside(Boundary boundary) {
        Passage[] current = passages;
        for (int i = depth - 1; i >= 0; i--) {
            if (current[i].boundary() == boundary) {
                return true;
            }
        }
        return false;
    }

    Passage push() {
        Passage[] current = passages;
        if (depth == current.length) {
            Passage[] longer = Arrays.copyOf(current, Math.max(2, current.length * 2));
            for (int i = current.length; i < longer.length; i++) {
                longer[i] = new Passage(this, i);
            }
            passages = longer;
            current = longer;
        }
        return current[depth++];
    }

    /** Leaves a call, and whatever further in was not left properly. */
    void pop(Passage passage) {
        depth = passage.index();
    }

    /** The thread, or null if it is no more. */
    @Nullable Thread thread() {
        Thread current = thread.get();
        return current != null && current.isAlive() ? current : null;
    }

    /** For the watchdog: the passages there have ever been, most of them not in use. */
    Passage[] passages() {
        return passages;
    }
}
