package dev.safe.spring.autoconfigure;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/** Reports a property that does not exist, or a value that a property cannot have. */
final class InvalidSafePropertyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** How many elements of a list are searched for the invalid one. */
    private static final int MAX_ELEMENTS = 100;

    private final String key;
    private final String value;
    private final @Nullable String rule;
    private final String problem;
    private final String action;
    private final @Nullable String origin;

    private InvalidSafePropertyException(
            String message,
            String key,
            String value,
            @Nullable String rule,
            String problem,
            String action,
            @Nullable String origin) {
        super(message);
        this.key = key;
        this.value = value;
        this.rule = rule;
        this.problem = problem;
        this.action = action;
        this.origin = origin;
    }

    /**
     * Reports a value that breaks a rule.
     *
     * @param rule what follows the key in the message, for example {@code must be at least 1}
     */
    static InvalidSafePropertyException ofValue(String key, String value, String rule) {
        return ofValue(key, value, rule, null);
    }

    private static InvalidSafePropertyException ofValue(
            String key, String value, String rule, @Nullable String origin) {
        return new InvalidSafePropertyException(
                "'%s' %s, got %s".formatted(key, rule, value),
                key,
                value,
                rule,
                "It " + rule + ".",
                rule.startsWith("must not be set") ? "Remove it." : "Change the value of '" + key + "'.",
                origin);
    }

    /** Reports a value that breaks a rule, and where it was written. */
    static InvalidSafePropertyException ofValue(WrittenProperty written, String rule) {
        return ofValue(written.key(), written.value(), rule, written.place());
    }

    /**
     * Reports a property that must not be there, or must be written in another way.
     *
     * @param problem a sentence
     * @param action a sentence
     */
    static InvalidSafePropertyException ofKey(WrittenProperty written, String problem, String action) {
        return new InvalidSafePropertyException(
                "'%s' has the value '%s'. %s".formatted(written.key(), written.value(), problem),
                written.key(),
                written.value(),
                null,
                problem,
                action,
                written.place());
    }

    /** Returns the same exception with key, value and place as they were written. */
    InvalidSafePropertyException locatedIn(Environment environment) {
        if (rule == null || origin != null) {
            return this;
        }
        return written(environment)
                .map(written -> ofValue(
                        written.key(),
                        !value.isEmpty() && written.value().contains(value) ? value : written.value(),
                        rule,
                        written.place()))
                .orElse(this);
    }

    private Optional<WrittenProperty> written(Environment environment) {
        ConfigurationPropertyName name = ConfigurationPropertyName.ofIfValid(key);
        return name == null
                ? Optional.empty()
                : WrittenProperty.find(environment, name).or(() -> element(environment, name));
    }

    /** Finds the invalid element of a list whose elements each have a key. */
    private Optional<WrittenProperty> element(Environment environment, ConfigurationPropertyName list) {
        Stream<WrittenProperty> elements = IntStream.range(0, MAX_ELEMENTS)
                .mapToObj(index -> WrittenProperty.find(environment, list.append("[" + index + "]")))
                .takeWhile(Optional::isPresent)
                .map(Optional::orElseThrow);
        return elements.filter(element -> element.value().strip().equals(value)).findFirst();
    }

    /** Returns what is wrong, in sentences. */
    String description() {
        String description = "The property '%s' has the value '%s'. %s".formatted(key, value, problem);
        return origin == null ? description : description + "\n\nIt is set in " + origin + ".";
    }

    /** Returns what to do about it, in a sentence. */
    String action() {
        return action;
    }
}
