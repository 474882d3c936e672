package dev.safe.spring.autoconfigure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.PlaceholderResolutionException;

/**
 * A property as a user wrote it, which may differ from the canonical spelling. Immutable.
 *
 * @param key the key
 * @param value the value, with placeholders resolved where that is possible
 * @param isVariable whether it is a variable of the environment
 * @param place where it was written, as text that can follow "in", for example a file and a line; null if that is not
 *     known
 */
record WrittenProperty(
        String key,
        String value,
        boolean isVariable,
        @Nullable String place) {

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
        String value = resolved(environment, String.valueOf(property.getValue()));
        if (!(property.getOrigin() instanceof PropertySourceOrigin origin) || isPartOfAnother(property, origin)) {
            String place =
                    property.getOrigin() == null ? null : property.getOrigin().toString();
            return new WrittenProperty(property.getName().toString(), value, false, place);
        }
        boolean isVariable = origin.getPropertySource() instanceof SystemEnvironmentPropertySource;
        return new WrittenProperty(origin.getPropertyName(), value, isVariable, place(origin, isVariable));
    }

    /**
     * Returns whether a property was read out of the value of another one, as those of {@code SPRING_APPLICATION_JSON} are.
     * The origin then names that one.
     */
    private static boolean isPartOfAnother(ConfigurationProperty property, PropertySourceOrigin origin) {
        ConfigurationPropertySource source = property.getSource();
        return source != null && origin.getPropertySource() != source.getUnderlyingSource();
    }

    /** Leaves placeholders as they are if they lead back to where they began. */
    private static String resolved(Environment environment, String value) {
        try {
            return environment.resolvePlaceholders(value);
        } catch (PlaceholderResolutionException circular) {
            return value;
        }
    }

    /** Returns the key, the value and the place, in one line. */
    String describe() {
        return "'" + key + "' (" + value + ")" + (place == null ? "" : " in " + place);
    }

    private static String place(PropertySourceOrigin origin, boolean isVariable) {
        Origin exact = origin.getOrigin();
        if (isVariable) {
            return "the environment";
        }
        return exact != null
                ? exact.toString()
                : "the property source \"" + origin.getPropertySource().getName() + "\"";
    }

    /**
     * Returns one element of the key, with the characters that Boot would ignore outside brackets.
     *
     * @param index the index of the element in the name
     * @param read the element as Boot reads it, used if the key has brackets or is a variable
     */
    String part(int index, String read) {
        String[] parts = key.split("\\[", 2)[0].split("\\.", -1);
        return isVariable || parts.length <= index ? read : parts[index];
    }
}
