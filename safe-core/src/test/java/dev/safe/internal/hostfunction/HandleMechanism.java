package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** Each way of guarding a method handle: they have to agree. */
enum HandleMechanism {
    SPUN,
    COMBINED;

    MethodHandle wrap(CallBoundary boundary, MethodHandle body) {
        return wrap(boundary, body, Fallback.ZERO);
    }

    MethodHandle wrap(CallBoundary boundary, MethodHandle body, Object sentinel) {
        return wrap(boundary, body, new Fallback(sentinel));
    }

    private MethodHandle wrap(CallBoundary boundary, MethodHandle body, Fallback fallback) {
        GuardedHandle.requireRoom(body.type());
        return GuardedHandle.of(boundary, "f", handles(body.type()), body, fallback);
    }

    private HandleFactory handles(MethodType type) {
        if (this == COMBINED) {
            return CombinedHandle::guard;
        }
        HandleFactory spun = SpunHandleFactory.of(type);
        assertThat(spun).as("%s for %s", this, type).isNotNull();
        return spun;
    }
}
