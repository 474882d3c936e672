package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionCapability;
import dev.safe.spring.ExtensionRegistrar;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains that an extension bean cannot be injected by its class, since its proxy is not an instance of it. */
final class InterfaceProxyAnalysis {

    private InterfaceProxyAnalysis() {}

    static @Nullable FailureAnalysis of(@Nullable BeanFactory beans, @Nullable Class<?> required, Throwable cause) {
        if (required == null || !ExtensionCapability.class.isAssignableFrom(required)) {
            return null;
        }
        return ExtensionRegistrar.findProxiedByInterfaces(beans, required)
                .map(bean -> analysis(bean, required, cause))
                .orElse(null);
    }

    private static FailureAnalysis analysis(String bean, Class<?> type, Throwable cause) {
        return new FailureAnalysis(
                ("The extension bean '%s' cannot be injected as %s. It is contained by a proxy of its interfaces, since its"
                                + " class cannot be subclassed: it is final (as Kotlin's classes are), sealed or hidden, has a"
                                + " final entry point or private constructors only, or comes from another class loader.")
                        .formatted(bean, type.getName()),
                "Inject dev.safe.ExtensionCapability in place of the class, or weave the class (docs/weaving.md).",
                cause);
    }
}
