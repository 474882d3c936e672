package dev.safe.spring.autoconfigure;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindConstructorProvider;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;

/**
 * The keys that exist under a prefix. Reads them from the constructors that Boot binds, so that a new setting needs no
 * entry here. Immutable.
 */
final class PropertyTree {

    /** A key, or a prefix that keys have in common. */
    sealed interface Node {}

    /** A setting. */
    record Setting(Class<?> type, boolean isList) implements Node {

        /** Returns whether any value may stand here, further keys included. */
        boolean isOpen() {
            return type == Object.class;
        }
    }

    /** Contains settings, but is not a setting itself. */
    record Group(Map<String, Node> children) implements Node {

        @Nullable Node child(ConfigurationPropertyName name, int element) {
            String uniform = name.getElement(element, Form.UNIFORM);
            return children.entrySet().stream()
                    .filter(child -> child.getKey().replace("-", "").equals(uniform))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Contains a group for each name that a user chooses. */
    record Named(Node each) implements Node {}

    private final ConfigurationPropertyName prefix;
    private final Node root;

    private PropertyTree(ConfigurationPropertyName prefix, Node root) {
        this.prefix = prefix;
        this.root = root;
    }

    /** Returns the keys that a type is bound to. */
    static PropertyTree of(ConfigurationPropertyName prefix, Class<?> bound) {
        return new PropertyTree(prefix, group(bound));
    }

    private static Node node(ResolvableType type) {
        Class<?> raw = type.resolve(Object.class);
        if (Map.class.isAssignableFrom(raw)) {
            return new Named(node(type.getGeneric(1)));
        }
        if (Collection.class.isAssignableFrom(raw)) {
            return new Setting(type.getGeneric(0).resolve(Object.class), true);
        }
        return raw.isRecord() ? group(raw) : new Setting(raw, false);
    }

    private static Group group(Class<?> type) {
        Constructor<?> bound = Objects.requireNonNull(BindConstructorProvider.DEFAULT.getBindConstructor(type, false));
        Map<String, Node> children = new LinkedHashMap<>();
        for (Parameter parameter : bound.getParameters()) {
            Name name = parameter.getAnnotation(Name.class);
            children.put(
                    name != null ? name.value() : DataObjectPropertyName.toDashedForm(parameter.getName()),
                    node(ResolvableType.forType(parameter.getParameterizedType())));
        }
        return new Group(children);
    }

    ConfigurationPropertyName prefix() {
        return prefix;
    }

    /**
     * Matches a name against the keys.
     *
     * @param name the prefix, or a descendant of it
     */
    Match match(ConfigurationPropertyName name) {
        Node node = root;
        int named = -1;
        for (int i = prefix.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
            Node next = null;
            if (node instanceof Group group) {
                next = group.child(name, i);
            } else if (node instanceof Named each) {
                named = i;
                next = each.each();
            } else if (node instanceof Setting setting
                    && (setting.isOpen() || (setting.isList() && name.isNumericIndex(i)))) {
                next = setting;
            }
            if (next == null) {
                return new Match(null, node, i, named);
            }
            node = next;
        }
        return new Match(node, node, name.getNumberOfElements(), named);
    }

    /**
     * The result of matching a name.
     *
     * @param node what the whole name stands for, null if there is no such key
     * @param parent the last node on the way
     * @param known how many elements of the name are known
     * @param named which element is a name that a user chose, -1 if none is
     */
    record Match(@Nullable Node node, Node parent, int known, int named) {}

    /**
     * Returns the keys of all settings, with {@code given} in place of each name that a user chooses. What may have any keys
     * below it is one setting.
     */
    Stream<String> settings(String given) {
        List<String> keys = new ArrayList<>();
        collect(prefix.toString(), root, given, keys);
        return keys.stream();
    }

    private static void collect(String key, Node node, String given, List<String> keys) {
        if (node instanceof Group group) {
            group.children().forEach((name, child) -> collect(key + "." + name, child, given, keys));
        } else if (node instanceof Named each && !(each.each() instanceof Setting)) {
            collect(key + "[" + given + "]", each.each(), given, keys);
        } else {
            keys.add(key);
        }
    }
}
