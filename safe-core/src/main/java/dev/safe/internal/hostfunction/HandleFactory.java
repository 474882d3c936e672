package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** Guards method handles of one type. */
interface HandleFactory {

    /** The best there is for a type where this code runs. */
    static HandleFactory of(MethodType type) {
        HandleFactory spun = SpunWrapperFactory.canSpin() ? SpunHandleFactory.of(type) : null;
        return spun != null ? spun : CombinedHandle::guard;
    }

    /** Guards a body, of fixed arity. The fallback fits it. */
    MethodHandle guard(CallBoundary boundary, String function, MethodHandle body, Fallback fallback);
}
