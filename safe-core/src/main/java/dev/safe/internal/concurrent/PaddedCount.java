package dev.safe.internal.concurrent;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/** The count of the thread that made it, kept off the cache line of what precedes it in memory. */
abstract class PaddedCount extends WeakReference<Thread> {

    @SuppressWarnings("unused")
    private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    static final VarHandle COUNT = FieldHandles.find(MethodHandles.lookup(), "count", long.class);

    long count;

    PaddedCount() {
        super(Thread.currentThread());
    }
}
