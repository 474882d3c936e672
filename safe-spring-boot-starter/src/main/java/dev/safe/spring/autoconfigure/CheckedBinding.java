package dev.safe.spring.autoconfigure;

import dev.safe.spring.BlankText;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.Environment;
import org.springframework.util.PlaceholderResolutionException;

/** Binds properties to records. If a property is wrong, explains why in the terms of whoever has to change it. */
final class CheckedBinding {

    private CheckedBinding() {}

    /**
     * Binds properties.
     *
     * @throws InvalidSafePropertyException if a key does not exist, or its value cannot be converted
     */
    static <T> T bind(Environment environment, ConfigurationPropertyName prefix, Class<T> type) {
        PropertyTree tree = PropertyTree.of(prefix, type);
        KeyCheck.check(environment, tree);
        return bind(environment, tree, type);
    }

    /** Binds properties under a prefix that others use, too. */
    static <T> T bindShared(Environment environment, ConfigurationPropertyName prefix, Class<T> type) {
        return bind(environment, PropertyTree.of(prefix, type), type);
    }

    private static <T> T bind(Environment environment, PropertyTree tree, Class<T> type) {
        try {
            return Binder.get(environment).bindOrCreate(tree.prefix(), Bindable.of(type), new EmptyGroups());
        } catch (BindException failure) {
            throw explained(environment, tree, failure);
        }
    }

    private static RuntimeException explained(Environment environment, PropertyTree tree, BindException failure) {
        if (failure.getCause() instanceof UnboundConfigurationPropertiesException gap) {
            return ofGap(environment, gap);
        }
        ConfigurationPropertyName name = failure.getName();
        WrittenProperty written = WrittenProperty.find(environment, name).orElse(null);
        if (written == null || !(tree.match(name).node() instanceof PropertyTree.Setting setting)) {
            return failure;
        }
        InvalidSafePropertyException invalid =
                InvalidSafePropertyException.ofValue(written, brokenRule(setting, written.value(), failure));
        invalid.initCause(failure);
        return invalid;
    }

    private static String brokenRule(PropertyTree.Setting setting, String text, BindException failure) {
        return failure.getCause() instanceof PlaceholderResolutionException
                ? "must not have placeholders that lead back to it"
                : SettingRules.broken(setting, text);
    }

    /**
     * Explains that elements of a list are left over: since there is none with the number before theirs, or since they
     * are blank and no value.
     */
    private static InvalidSafePropertyException ofGap(
            Environment environment, UnboundConfigurationPropertiesException gap) {
        WrittenProperty written = WrittenProperty.of(
                environment, gap.getUnboundProperties().iterator().next());
        InvalidSafePropertyException invalid = BlankText.isBlank(written.value())
                ? InvalidSafePropertyException.ofValue(written, SettingRules.NO_BLANKS)
                : InvalidSafePropertyException.ofKey(
                        written,
                        "The elements of a list must be numbered from 0, without a gap.",
                        "Change the number in '%s'.".formatted(written.key()));
        invalid.initCause(gap);
        return invalid;
    }

    /** Treats a group as absent if all its settings are commented out, which YAML reads as an empty value. */
    private static final class EmptyGroups implements BindHandler {

        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception failure)
                throws Exception {
            Class<?> type = target.getType().resolve(Object.class);
            if (failure instanceof ConverterNotFoundException
                    && (type.isRecord() || Map.class.isAssignableFrom(type))) {
                return null;
            }
            throw failure;
        }
    }
}
