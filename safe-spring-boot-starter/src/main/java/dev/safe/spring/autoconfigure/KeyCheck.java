package dev.safe.spring.autoconfigure;

import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Refuses keys under the prefix that do not exist, or that can have no effect. Boot's binder would ignore some of them,
 * and explain others in its own terms.
 */
final class KeyCheck {

    private static final String PHASES = "phases";

    private static final Set<String> NEVER_REJECTED = Set.of(Phase.SETUP.tag(), Phase.TEARDOWN.tag());

    private final Environment environment;
    private final PropertyTree tree;
    private final UnboundElementsSourceFilter owned = new UnboundElementsSourceFilter();

    KeyCheck(Environment environment, PropertyTree tree) {
        this.environment = environment;
        this.tree = tree;
    }

    /**
     * Checks all keys.
     *
     * @throws InvalidSafePropertyException if one of them cannot be honoured
     */
    static void check(Environment environment, PropertyTree tree) {
        KeyCheck check = new KeyCheck(environment, tree);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream()
                        .filter(name ->
                                tree.prefix().equals(name) || tree.prefix().isAncestorOf(name))
                        .forEach(name -> check.check(name, iterable));
            }
        }
    }

    private void check(ConfigurationPropertyName name, ConfigurationPropertySource source) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        if (property == null || isForeign(property, source)) {
            return;
        }
        PropertyTree.Match match = tree.match(name);
        WrittenProperty written = WrittenProperty.of(environment, property);
        if (match.node() == null) {
            throw unknown(name, match, written);
        }
        if (match.named() >= 0) {
            checkName(name, match, written);
        }
        if (match.node() instanceof PropertyTree.Setting) {
            checkEffect(name, written);
        } else if (StringUtils.hasText(written.value())) {
            throw group(match.node(), written);
        }
    }

    /** Returns whether another program may have set a variable for its own use, so that it means nothing here. */
    boolean isForeign(ConfigurationProperty property, ConfigurationPropertySource source) {
        PropertyTree.Match match = tree.match(property.getName());
        return !(match.node() instanceof PropertyTree.Setting)
                && (mayBeMeantForOthers(property.getName(), match, source)
                        || ServiceVariable.matches(WrittenProperty.of(environment, property)));
    }

    /** Returns whether a variable does not begin as a policy does, or is named as the prefix is. */
    private boolean mayBeMeantForOthers(
            ConfigurationPropertyName name, PropertyTree.Match match, ConfigurationPropertySource source) {
        return (match.node() == null || name.equals(tree.prefix()))
                && !owned.apply(source)
                && match.known() < tree.prefix().getNumberOfElements() + 2
                && settingsAfter(name, match) < 0;
    }

    // Keys that do not exist.

    private InvalidSafePropertyException unknown(
            ConfigurationPropertyName name, PropertyTree.Match match, WrittenProperty written) {
        int settings = settingsAfter(name, match);
        if (settings >= 0 && isSpellable(name, settings)) {
            return unbracketed(name, match.named(), settings, written);
        }
        String given = match.named() < 0 ? "<name>" : name.getElement(match.named(), Form.ORIGINAL);
        List<String> nearest =
                NearestKeys.of(name.toString().replace("." + given + ".", "[" + given + "]."), tree.settings(given))
                        .stream()
                        .filter(key -> hasEffect(key.replace("[" + given + "]", "[name]")))
                        .toList();
        if (nearest.isEmpty()) {
            return InvalidSafePropertyException.ofKey(
                    written,
                    "There is no such property.",
                    "Remove it, or use what exists in its place: %s."
                            .formatted(names(name.chop(match.known()), match.parent())));
        }
        return InvalidSafePropertyException.ofKey(
                written, "There is no such property.", "Did you mean " + alternatives(nearest) + "?");
    }

    private static String alternatives(List<String> keys) {
        String quoted = keys.stream().map(key -> "'" + key + "'").collect(Collectors.joining(", "));
        int last = quoted.lastIndexOf(", ");
        return last < 0 ? quoted : quoted.substring(0, last) + " or " + quoted.substring(last + 2);
    }

    private static boolean hasEffect(String key) {
        return refusal(ConfigurationPropertyName.of(key)) == null;
    }

    private static String names(ConfigurationPropertyName start, PropertyTree.Node parent) {
        return parent instanceof PropertyTree.Group group
                ? group.children().keySet().stream()
                        .filter(child -> refusal(start.append(child)) == null)
                        .collect(Collectors.joining(", "))
                : "nothing";
    }

    // Names of extensions.

    /**
     * Returns where the settings begin after an extension's name that has dots but no brackets, or -1 if the key has no
     * such name.
     */
    private static int settingsAfter(ConfigurationPropertyName name, PropertyTree.Match match) {
        if (match.node() != null
                || match.known() != match.named() + 1
                || !(match.parent() instanceof PropertyTree.Group settings)) {
            return -1;
        }
        return IntStream.range(match.known() + 1, name.getNumberOfElements())
                .filter(i -> settings.child(name, i) != null)
                .findFirst()
                .orElse(-1);
    }

    /** Returns whether the rest of a key can be written again, which is not so where brackets are astray. */
    private static boolean isSpellable(ConfigurationPropertyName name, int from) {
        return IntStream.range(from, name.getNumberOfElements())
                .allMatch(i -> name.chop(i + 1).isLastElementIndexed()
                        || ConfigurationPropertyName.isValid(name.getElement(i, Form.DASHED)));
    }

    private InvalidSafePropertyException unbracketed(
            ConfigurationPropertyName name, int named, int settings, WrittenProperty written) {
        String extension = IntStream.range(named, settings)
                .mapToObj(i -> name.getElement(i, Form.ORIGINAL))
                .collect(Collectors.joining("."));
        String rule = brokenRule(extension);
        if (rule != null) {
            return ofName(written, rule);
        }
        String key = spelled(name.chop(named).append("[" + extension + "]"), name, settings, extension);
        return InvalidSafePropertyException.ofKey(
                written,
                "The name of an extension that has dots needs brackets.",
                written.isVariable()
                        ? "Write '%s' in a file or on the command line: a variable's name cannot have brackets."
                                .formatted(key)
                        : "Write '%s', or \"[%s]\": in YAML.".formatted(key, extension));
    }

    /** Returns a key with the rest of another one, in the spelling of an existing key if there is one. */
    private String spelled(ConfigurationPropertyName start, ConfigurationPropertyName other, int from, String given) {
        ConfigurationPropertyName key = start;
        for (int i = from; i < other.getNumberOfElements(); i++) {
            boolean bracketed = other.chop(i + 1).isLastElementIndexed();
            String element = other.getElement(i, Form.DASHED);
            key = key.append(bracketed ? "[" + element + "]" : element);
        }
        ConfigurationPropertyName whole = key;
        return tree.settings(given)
                .filter(existing -> ConfigurationPropertyName.of(existing).equals(whole))
                .findFirst()
                .orElseGet(whole::toString);
    }

    private static void checkName(ConfigurationPropertyName name, PropertyTree.Match match, WrittenProperty written) {
        int named = match.named();
        if (!written.isVariable() && written.key().contains(".[")) {
            throw InvalidSafePropertyException.ofKey(
                    written,
                    "A name in brackets must not have a dot before it.",
                    "Write '%s'.".formatted(written.key().replace(".[", "[")));
        }
        String rule = brokenRule(written.part(named, name.getElement(named, Form.ORIGINAL)));
        if (rule != null) {
            throw ofName(written, rule);
        }
    }

    private static InvalidSafePropertyException ofName(WrittenProperty written, String rule) {
        return InvalidSafePropertyException.ofKey(
                written, StringUtils.capitalize(rule) + ".", "Change the name in the key to that of an extension.");
    }

    private static @Nullable String brokenRule(String extension) {
        try {
            Policies.builder().policy(extension, Phase.POLL, PhasePolicy.builtIn(Phase.POLL));
            return null;
        } catch (IllegalArgumentException invalid) {
            return invalid.getMessage();
        }
    }

    // Keys without effect.

    private static InvalidSafePropertyException group(PropertyTree.Node node, WrittenProperty written) {
        if (node instanceof PropertyTree.Named named && named.each() instanceof PropertyTree.Setting) {
            return InvalidSafePropertyException.ofKey(
                    written,
                    "It has no value of its own, but the extension's own keys below it.",
                    "Set one of them, such as '%s'.".formatted(below(written, "port")));
        }
        if (!(node instanceof PropertyTree.Group group)) {
            return InvalidSafePropertyException.ofKey(
                    written, "It has no value of its own, but the names of extensions below it.", "Remove the value.");
        }
        String below = String.join(", ", group.children().keySet());
        String problem = "It has no value of its own, but settings below it: " + below + ".";
        return InvalidSafePropertyException.ofKey(
                written,
                problem,
                group.children().containsKey("enabled")
                        ? "Set '%s' in its place.".formatted(below(written, "enabled"))
                        : "Set one of its settings in its place.");
    }

    /** Returns a key below another one, written in the same way. */
    private static String below(WrittenProperty written, String child) {
        return written.isVariable()
                ? written.key() + "_" + child.toUpperCase(Locale.ROOT)
                : written.key() + "." + child;
    }

    /** Refuses a setting that a phase cannot honour. */
    private static void checkEffect(ConfigurationPropertyName name, WrittenProperty written) {
        String rule = refusal(name);
        if (rule != null && StringUtils.hasText(written.value())) {
            throw InvalidSafePropertyException.ofValue(written, rule);
        }
    }

    /** Returns why a setting has no effect in its phase, or null if it has an effect. */
    static @Nullable String refusal(ConfigurationPropertyName name) {
        int last = name.getNumberOfElements() - 1;
        for (int i = 1; i < last - 1; i++) {
            if (name.getElement(i, Form.UNIFORM).equals(PHASES)) {
                boolean neverRejected = NEVER_REJECTED.contains(name.getElement(i + 1, Form.UNIFORM));
                String setting = name.getElement(i + 2, Form.UNIFORM);
                if (neverRejected
                        && setting.equals("quarantine")
                        && !name.getElement(last, Form.UNIFORM).equals("enabled")) {
                    return "must not be set for setup and teardown, which are never rejected";
                }
                if (!neverRejected && setting.equals("errors")) {
                    return "must not be set but for setup and teardown, which alone return errors";
                }
            }
        }
        return null;
    }
}
