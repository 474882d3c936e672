package dev.safe.sample.extension;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Lists the ways in which the chaos extension misbehaves. */
public enum ChaosKind {

    /** Throws a runtime exception. */
    RUNTIME,

    /** Throws an error. */
    ERROR,

    /** Throws what a plugin built against another version throws. */
    LINKAGE,

    /** Recurses without end. */
    STACKOVERFLOW,

    /** Does not return until it is interrupted. */
    HANG,

    /** Throws a checked exception, declared or not. */
    CHECKED;

    void misbehave() {
        switch (this) {
            case RUNTIME -> throw new IllegalStateException("chaos");
            case ERROR -> throw new AssertionError("chaos");
            case LINKAGE -> throw new NoClassDefFoundError("chaos/Gone");
            case STACKOVERFLOW -> recurse(0);
            case HANG -> hang();
            case CHECKED -> throw ChaosKind.<RuntimeException>sneaky(new IOException("chaos"));
        }
    }

    @SuppressWarnings("InfiniteRecursion") // that is the point
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static void hang() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
