package dev.safe.internal.hostfunction.foreign;

import java.util.function.Supplier;

/** A package-private interface. */
interface Whisper extends Supplier<String> {

    default boolean isAudible() {
        return get() != null;
    }
}
