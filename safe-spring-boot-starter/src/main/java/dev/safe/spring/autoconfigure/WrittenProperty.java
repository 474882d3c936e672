package dev.safe.spring.autoconfigure;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;

/**
 * A property as somebody wrote it, which may be another spelling than the canonical one. Immutable.
 *
 * @param key the key
 * @param value the value, with placeholders resolved
 * @param origin where it was written, for example a file and a line; null if that is not known
 */
record WrittenProperty(String key, String value, @Nullable Origin origin) {

    /** Finds the property that is in effect for a name. */
    static Optional<WrittenProperty> find(Environment environment, ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return Optional.of(of(environment, property));
            }
        }
        return Optional.empty();
    }

    static WrittenProperty of(Environment environment, ConfigurationProperty property) {
        return new WrittenProperty(
                key(property),
                environment.resolvePlaceholders(String.valueOf(property.getValue())),
                property.getOrigin());
    }

    private static String key(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        if (origin instanceof SystemEnvironmentOrigin variable) {
            return variable.getProperty();
        }
        if (origin instanceof PropertySourceOrigin source) {
            return source.getPropertyName();
        }
        ConfigurationPropertySource source = property.getSource();
        return source != null && source.getUnderlyingSource() instanceof EnumerablePropertySource<?> keys
                ? key(keys, property.getName())
                : property.getName().toString();
    }

    /** Returns the exact name if that is a key, since the source prefers it, else the first other spelling. */
    private static String key(EnumerablePropertySource<?> source, ConfigurationPropertyName name) {
        String exact = name.toString();
        return source.containsProperty(exact)
                ? exact
                : Arrays.stream(source.getPropertyNames())
                        .filter(key -> ConfigurationPropertyName.adapt(key, '.').equals(name))
                        .findFirst()
                        .orElse(exact);
    }

    /** Returns a part of the key that stands between dots and has no brackets; null if that is not known. */
    @Nullable String segment(int index) {
        String[] segments = key.split("\\[", 2)[0].split("\\.", -1);
        return origin instanceof SystemEnvironmentOrigin || segments.length <= index ? null : segments[index];
    }

    /** Returns where the property was written, fit to follow "in"; null if that is not known. */
    @Nullable String place() {
        if (origin instanceof PropertySourceOrigin source) {
            return "the property source \"" + source.getPropertySource().getName() + "\"";
        }
        return origin instanceof SystemEnvironmentOrigin ? "the environment" : Objects.toString(origin, null);
    }
}
