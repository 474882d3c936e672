package dev.safe.internal.hostfunction;

/** Makes the wrappers of one interface. */
interface WrapperFactory {

    /** Returns a factory that spins a class for an interface, or makes proxies where no class can be spun. */
    static WrapperFactory of(HostInterface type) {
        WrapperFactory spun = SpunWrapperFactory.canSpin() ? SpunWrapperFactory.of(type) : null;
        return spun != null ? spun : new ProxyWrapperFactory(type);
    }

    /** Returns the interface. */
    HostInterface type();

    /** Wraps a target that implements the interface. The fallback fits what the interface returns. */
    Object wrap(CallBoundary boundary, String function, Object target, Fallback fallback);
}
