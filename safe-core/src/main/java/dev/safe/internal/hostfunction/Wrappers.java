package dev.safe.internal.hostfunction;

/** Makes the wrappers of one interface. */
interface Wrappers {

    /** The best there is for an interface where this code runs. */
    static Wrappers of(HostInterface type) {
        Wrappers spun = SpunWrappers.canSpin() ? SpunWrappers.of(type) : null;
        return spun != null ? spun : new ProxyWrappers(type);
    }

    /** The interface. */
    HostInterface type();

    /** Wraps a target, which implements the interface. The fallback fits it. */
    Object wrap(CallBoundary boundary, String function, Object target, Fallback fallback);
}
