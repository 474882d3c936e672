package dev.safe.spring.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Describes what the text of a setting must look like, for whoever writes it. */
final class SettingRules {

    /** The words that Boot reads as booleans. */
    static final String BOOLEAN = "must be true, on, yes or 1, or false, off, no or 0";

    /** What a blank among names of classes breaks, which Boot converts to no class at all. */
    static final String NO_BLANKS = "must name classes, and one of the names is blank";

    private SettingRules() {}

    /** Returns the rule that a text breaks if it cannot be converted to the setting's type. */
    static String broken(PropertyTree.Setting setting, String text) {
        Class<?> type = setting.type();
        if (type == boolean.class || type == Boolean.class) {
            return BOOLEAN;
        }
        if (type.isEnum()) {
            return "must be " + oneOf(type);
        }
        if (type == Duration.class) {
            return "must be a duration, such as 250ms, 10s or 5m";
        }
        if (type == Integer.class || type == int.class) {
            return "must be a whole number";
        }
        if (type == Double.class) {
            return "must be a number";
        }
        if (type == Class.class) {
            return "must name classes of the application, and there is no " + missing(text);
        }
        return "must be of type " + type.getName();
    }

    private static String oneOf(Class<?> type) {
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> spelled((Enum<?>) constant))
                .toList();
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /** Returns a constant as it is written in a file. */
    static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String missing(String text) {
        return Arrays.stream(StringUtils.commaDelimitedListToStringArray(text))
                .map(String::trim)
                .filter(name -> !ClassUtils.isPresent(name, ClassUtils.getDefaultClassLoader()))
                .collect(Collectors.joining(", "));
    }
}
