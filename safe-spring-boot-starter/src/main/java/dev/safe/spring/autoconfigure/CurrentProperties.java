package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
final class CurrentProperties {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("safe");

    private final Environment environment;

    /** Null where nothing is set, as in most applications: binding that takes longer than all else we do as they start. */
    private volatile @Nullable SafeProperties bound;

    private volatile @Nullable ExtensionGuard builtGuard;

    CurrentProperties(Environment environment) {
        this.environment = environment;
        this.bound = bind(environment);
    }

    SafeProperties properties() {
        SafeProperties current = bound;
        return current != null ? current : SafeProperties.DEFAULTS;
    }

    /** Whether an extension bean that no advice reaches stops the start. */
    boolean failsOnUnguarded() {
        SafeProperties current = bound;
        return current != null && current.unguarded() == SafeProperties.Unguarded.FAIL;
    }

    /** Whose extensions have policies of their own. */
    Set<String> configuredExtensions() {
        SafeProperties current = bound;
        return current == null ? Set.of() : current.extensions().keySet();
    }

    /** A guard as the properties want it. */
    ExtensionGuard buildGuard() {
        ExtensionGuard.Builder guard = ExtensionGuard.builder();
        SafeProperties current = bound;
        if (current != null) {
            guard.policies(PolicyMapper.policies(current))
                    .passThrough(PolicyMapper.passThrough(current))
                    .timers(current.metrics().timers());
        }
        ExtensionGuard built = guard.build();
        builtGuard = built;
        return built;
    }

    /** Whether a guard was made as these properties want it; else it is an ancestor's, or the host's own. */
    boolean hasBuilt(ExtensionGuard guard) {
        return builtGuard == guard;
    }

    /** Binds anew. If that fails, the properties stay as they were. */
    SafeProperties rebind() {
        bound = bind(environment);
        return properties();
    }

    private static @Nullable SafeProperties bind(Environment environment) {
        return isSet(environment) ? bindAll(environment) : null;
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
