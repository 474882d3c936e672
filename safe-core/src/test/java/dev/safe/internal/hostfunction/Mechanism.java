package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Each way of wrapping: they have to agree. */
enum Mechanism {
    SPUN_BESIDE_THE_INTERFACE,
    SPUN_BESIDE_US,
    SPUN_BEHIND_A_BRIDGE,
    PROXY;

    <F> F wrap(CallBoundary boundary, Class<F> type, F body) {
        return type.cast(HostFunctions.wrap(boundary, "udp_send", wrappers(type), body, Fallback.ZERO));
    }

    <F> F wrap(CallBoundary boundary, Class<F> type, F body, Object sentinel) {
        return type.cast(HostFunctions.wrap(boundary, "udp_send", wrappers(type), body, new Fallback(sentinel)));
    }

    private WrapperFactory wrappers(Class<?> type) {
        HostInterface host = HostInterface.of(type);
        if (this == PROXY) {
            return new ProxyWrapperFactory(host);
        }
        WrapperFactory spun = SpunWrapperFactory.at(ClassLocation.values()[ordinal()], host);
        assertThat(spun).as("%s for %s", this, type).isNotNull();
        return spun;
    }
}
