package dev.safe.spring.autoconfigure;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * The properties as they are bound now. Bound here rather than by a post processor: the guard may be needed before there is
 * one. Thread-safe.
 */
final class SafeSettings {

    private final Environment environment;
    private volatile SafeProperties properties;

    SafeSettings(Environment environment) {
        this.environment = environment;
        this.properties = bind(environment);
    }

    SafeProperties properties() {
        return properties;
    }

    /** Binds anew. If that fails, the properties stay as they were. */
    SafeProperties rebind() {
        properties = bind(environment);
        return properties;
    }

    private static SafeProperties bind(Environment environment) {
        return Binder.get(environment)
                .bindOrCreate(
                        "safe",
                        Bindable.of(SafeProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    }
}
