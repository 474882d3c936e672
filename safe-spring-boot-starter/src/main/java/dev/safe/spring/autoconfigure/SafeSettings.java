package dev.safe.spring.autoconfigure;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/**
 * The properties as they are bound now. Bound here rather than by a post processor: the guard may be needed before there is
 * one. Thread-safe.
 */
final class SafeSettings {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("safe");

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

    /** Most applications set nothing, and binding that takes longer than all else we do while they start. */
    private static SafeProperties bind(Environment environment) {
        return isSet(environment) ? bindAll(environment) : SafeProperties.DEFAULTS;
    }

    private static boolean isSet(Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.containsDescendantOf(PREFIX) != ConfigurationPropertyState.ABSENT) {
                return true;
            }
        }
        return false;
    }

    static SafeProperties bindAll(Environment environment) {
        return Binder.get(environment)
                .bindOrCreate(
                        PREFIX,
                        Bindable.of(SafeProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
    }
}
