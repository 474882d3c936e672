package dev.safe.internal.hostfunction;

/** Makes the wrappers of one interface. */
interface WrapperFactory {

    /** The best there is for an interface where this code runs. */
    static WrapperFactory of(HostInterface type) {
        WrapperFactory spun = SpunWrapperFactory.canSpin() ? SpunWrapperFactory.of(type) : null;
        return spun != null ? spun : new ProxyWrapperFactory(type);
    }

    /** The interface. */
    HostInterface type();

    /** Wraps a target, which implements the interface. The fallback fits it. */
    Object wrap(CallBoundary boundary, String function, Object target, Fallback fallback);
}
