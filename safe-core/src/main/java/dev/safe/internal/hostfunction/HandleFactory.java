package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** Guards method handles of one type. */
interface HandleFactory {

    /** Returns a factory that spins a class for a type, or combines handles where no class can be spun. */
    static HandleFactory of(MethodType type) {
        HandleFactory spun = SpunWrapperFactory.canSpin() ? SpunHandleFactory.of(type) : null;
        return spun != null ? spun : CombinedHandle::guard;
    }

    /** Guards a body of fixed arity. The fallback has to fit its return type. */
    MethodHandle guard(CallBoundary boundary, String function, MethodHandle body, Fallback fallback);
}
