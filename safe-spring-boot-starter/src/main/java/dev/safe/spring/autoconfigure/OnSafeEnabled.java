package dev.safe.spring.autoconfigure;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Matches unless {@code safe.enabled} is false. Boot's condition on a property's text would treat other spellings of
 * true, and every typing error, as false: nothing would be contained, without any notice.
 */
final class OnSafeEnabled extends SpringBootCondition {

    private static final String KEY = "safe.enabled";

    /** The texts that Boot converts to true. */
    private static final Set<String> TRUE = Set.of("true", "on", "yes", "1");

    private static final Set<String> FALSE = Set.of("false", "off", "no", "0");

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        boolean enabled = isEnabled(context.getEnvironment());
        return new ConditionOutcome(enabled, KEY + " is " + enabled);
    }

    static boolean isEnabled(Environment environment) {
        String value = read(environment);
        String text = value == null ? "true" : value.trim().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw InvalidSafePropertyException.ofValue(KEY, String.valueOf(value), SettingRules.BOOLEAN)
                    .locatedIn(environment);
        }
        return TRUE.contains(text);
    }

    private static @Nullable String read(Environment environment) {
        try {
            return environment.getProperty(KEY);
        } catch (PlaceholderResolutionException | ConversionException notText) {
            return WrittenProperty.find(environment, ConfigurationPropertyName.of(KEY))
                    .map(WrittenProperty::value)
                    .orElse("");
        }
    }
}
