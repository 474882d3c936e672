package dev.safe.sample.extension;

import dev.safe.test.Fault;
import dev.safe.test.Faults;
import java.io.IOException;

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

    Fault fault() {
        return switch (this) {
            case RUNTIME -> Faults.throwing(() -> new IllegalStateException("chaos"));
            case ERROR -> Faults.throwing(() -> new AssertionError("chaos"));
            case LINKAGE -> Faults.throwing(() -> new NoClassDefFoundError("chaos/Gone"));
            case STACKOVERFLOW -> Faults.stackOverflow();
            case HANG -> Faults.hang();
            case CHECKED -> Faults.throwing(() -> new IOException("chaos"));
        };
    }
}
