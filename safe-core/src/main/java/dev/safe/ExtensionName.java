package dev.safe;

import dev.safe.internal.render.SafeText;
import dev.safe.internal.render.StableName;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rule for names, which become meter tags, property keys and parts of URLs. */
final class ExtensionName {

    private static final String RULE = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final int MAX_LENGTH = 64;
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

    /**
     * Returns a name for an instance that has none: the name of its class without the package, which people recognise.
     * It is the same in each run, even for lambdas and other hidden classes, which the JVM numbers anew.
     */
    static String ofUnnamed(Class<?> type) {
        String stable = StableName.ofType(type.getName());
        StringBuilder name = new StringBuilder("unnamed");
        boolean separate = true;
        for (int i = stable.lastIndexOf('.') + 1; i < stable.length() && name.length() < MAX_LENGTH - 1; i++) {
            char character = stable.charAt(i);
            boolean fits = character == '_' || isValid(String.valueOf(character));
            if (fits && separate) {
                name.append('.');
            }
            if (fits) {
                name.append(character);
            }
            separate = !fits;
        }
        return name.toString();
    }
}
