package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** Wraps a method handle in the protocol of a {@link CallBoundary}, so that it throws nothing at all. */
final class GuardedHandle {

    /**
     * Limits a body's argument slots, of which long and double take two. The JVM allows 255; wrapping takes some.
     */
    static final int MAX_SLOTS = 251;

    private GuardedHandle() {}

    static MethodHandle of(CallBoundary boundary, String function, MethodHandle body, Fallback fallback) {
        MethodType type = body.type();
        requireRoom(type);
        if (fallback != Fallback.ZERO) {
            fallback.requireFit(type.returnType(), () -> "'body' " + type);
        }
        return of(boundary, function, HandleFactory.of(type), body, fallback);
    }

    static void requireRoom(MethodType type) {
        int slots = type.parameterCount();
        for (Class<?> parameter : type.parameterArray()) {
            slots += parameter == long.class || parameter == double.class ? 1 : 0;
        }
        if (slots > MAX_SLOTS) {
            throw new IllegalArgumentException(
                    "'body' must take at most %d argument slots (long and double take two), got %d"
                            .formatted(MAX_SLOTS, slots));
        }
    }

    /** Wraps by means of a given factory. */
    static MethodHandle of(
            CallBoundary boundary, String function, HandleFactory handles, MethodHandle body, Fallback fallback) {
        MethodHandle guarded = handles.guard(boundary, function, body.asFixedArity(), fallback);
        return guarded.withVarargs(body.isVarargsCollector());
    }
}
