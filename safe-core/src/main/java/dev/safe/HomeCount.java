package dev.safe;

import java.lang.ref.WeakReference;

/** A count that belongs to the thread that made it, apart from what comes before it in memory. */
abstract class HomeCount extends WeakReference<Thread> {

    @SuppressWarnings("unused")
    private long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

    long count;

    HomeCount() {
        super(Thread.currentThread());
    }
}
