package dev.safe;

import dev.safe.internal.render.SafeText;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rule for names, which become meter tags, property keys and parts of URLs. */
final class ExtensionName {

    private static final String RULE = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final Pattern PATTERN = Pattern.compile(RULE);

    private ExtensionName() {}

    static boolean isValid(@Nullable String name) {
        return name != null && PATTERN.matcher(name).matches();
    }

    static String checked(@Nullable String name) {
        if (name == null || !isValid(name)) {
            throw new IllegalArgumentException("an extension's name must match %s, got %s"
                    .formatted(RULE, name == null ? "null" : "\"" + SafeText.of(name) + "\""));
        }
        return name;
    }
}
