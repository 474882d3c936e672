package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Binds the properties, and holds them as they are now. No post-processor binds them, because the guard may be needed
 * before there is one. Thread-safe.
 */
final class CurrentProperties {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("safe");

    /** The keys that the guard is built from. */
    private static final List<ConfigurationPropertyName> GUARD_KEYS = Stream.of(
                    "phases", "extensions", "pass-through", "metrics")
            .map(PREFIX::append)
            .toList();

    private static final List<ConfigurationPropertyName> SUPERVISOR_KEYS = List.of(PREFIX.append("supervisor"));

    private final Environment environment;

    /**
     * Null if nothing is set, as in most applications. Binding would take longer than everything else that Safe does at
     * a start.
     */
    private volatile @Nullable SafeProperties bound;

    /**
     * Says of each hold in force where it was written. Kept, since the environment may have changed since, to what is not
     * valid.
     */
    private volatile Map<ConfigurationPropertyName, String> holds;

    private volatile @Nullable ExtensionGuard builtGuard;

    CurrentProperties(Environment environment) {
        this.environment = environment;
        SafeProperties properties = bind(environment);
        this.bound = properties;
        this.holds = holds(environment, properties);
    }

    SafeProperties properties() {
        SafeProperties current = bound;
        return current != null ? current : SafeProperties.DEFAULTS;
    }

    /**
     * Binds the properties as the environment has them now, and leaves those in force as they are.
     *
     * @throws InvalidSafePropertyException if they are not valid
     */
    SafeProperties read() {
        SafeProperties now = bind(environment);
        return now != null ? now : SafeProperties.DEFAULTS;
    }

    /** Returns whether an extension bean that no advice reaches fails the start. */
    boolean failsOnUnguarded() {
        SafeProperties current = bound;
        return current != null && current.unguarded() == SafeProperties.Unguarded.FAIL;
    }

    /** Returns the extensions that have policies of their own. */
    Set<String> configuredExtensions() {
        SafeProperties current = bound;
        return current == null ? Set.of() : current.extensions().keySet();
    }

    /**
     * Returns the keys, as they are written, that have an effect only if the guard is built from them.
     *
     * @param elsewhere the properties that the guard is built from, whose equal keys are left out; null if it is built
     *     from none
     */
    Set<String> guardKeys(@Nullable CurrentProperties elsewhere) {
        return writtenKeys(
                GUARD_KEYS,
                name -> elsewhere == null || !elsewhere.valueOf(name).equals(valueOf(name)));
    }

    /** Returns the keys, as they are written, of settings for a supervisor that is not switched off. */
    Set<String> supervisorKeys() {
        SafeProperties current = bound;
        return current != null && !current.supervisor().enabled()
                ? Set.of()
                : writtenKeys(SUPERVISOR_KEYS, name -> true);
    }

    private Set<String> writtenKeys(
            List<ConfigurationPropertyName> ancestors, Predicate<ConfigurationPropertyName> wanted) {
        if (!isSet(environment)) {
            return Set.of();
        }
        Set<String> keys = new TreeSet<>();
        KeyCheck check = new KeyCheck(environment, PropertyTree.of(PREFIX, SafeProperties.class));
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream()
                        .filter(name -> ancestors.stream().anyMatch(key -> key.equals(name) || key.isAncestorOf(name)))
                        .filter(wanted)
                        .map(source::getConfigurationProperty)
                        .filter(Objects::nonNull)
                        .filter(property -> !check.isForeign(property, source))
                        .forEach(property -> keys.add(
                                WrittenProperty.of(environment, property).key()));
            }
        }
        return keys;
    }

    /** Returns the property that holds an entry point in quarantine, its value and where it was written; null if none does. */
    @Nullable String holdOrigin(String extension, Phase phase) {
        Map<ConfigurationPropertyName, String> current = holds;
        String own = current.get(holdName(extension(extension), phase));
        return own != null ? own : current.get(holdName(PREFIX, phase));
    }

    private static Map<ConfigurationPropertyName, String> holds(
            Environment environment, @Nullable SafeProperties bound) {
        if (bound == null) {
            return Map.of();
        }
        Map<ConfigurationPropertyName, String> holds = new HashMap<>();
        for (Phase phase : Phase.values()) {
            addHold(holds, environment, holdName(PREFIX, phase), bound.phases().of(phase));
            bound.extensions()
                    .forEach((extension, own) -> addHold(
                            holds,
                            environment,
                            holdName(extension(extension), phase),
                            own.phases().of(phase)));
        }
        return holds;
    }

    private static void addHold(
            Map<ConfigurationPropertyName, String> holds,
            Environment environment,
            ConfigurationPropertyName name,
            SafeProperties.Phase given) {
        if (given.quarantine().hold() != null) {
            WrittenProperty.find(environment, name).ifPresent(written -> holds.put(name, written.describe()));
        }
    }

    private static ConfigurationPropertyName extension(String name) {
        return PREFIX.append("extensions").append("[" + name + "]");
    }

    private static ConfigurationPropertyName holdName(ConfigurationPropertyName level, Phase phase) {
        return level.append("phases").append(phase.tag()).append("quarantine").append("hold");
    }

    private Optional<String> valueOf(ConfigurationPropertyName name) {
        return WrittenProperty.find(environment, name).map(WrittenProperty::value);
    }

    /** Builds a guard from the properties. */
    ExtensionGuard buildGuard() {
        ExtensionGuard.Builder guard = ExtensionGuard.builder();
        SafeProperties current = bound;
        if (current != null) {
            located(() -> guard.policies(PolicyMapper.policies(current)));
            located(() -> PolicyMapper.passThrough(guard, current));
            guard.timers(current.metrics().timers());
        }
        ExtensionGuard built = guard.build();
        if (current != null) {
            SupervisorSettings settings = new SupervisorSettings(current.supervisor(), environment);
            settings.check(built);
        }
        builtGuard = built;
        return built;
    }

    /** Returns whether a guard was built from these properties, and is not an ancestor's or the host's own. */
    boolean hasBuilt(ExtensionGuard guard) {
        return builtGuard == guard;
    }

    /**
     * Binds the properties again and puts the policies in force. One caller at a time, so that those of the last one to
     * read the environment stay.
     *
     * @throws InvalidSafePropertyException if they are not valid; the old ones then stay in force
     */
    synchronized void rebind(ExtensionGuard guard) {
        SafeProperties next = bind(environment);
        located(() -> guard.apply(PolicyMapper.policies(next != null ? next : SafeProperties.DEFAULTS)));
        bound = next;
        holds = holds(environment, next);
    }

    private void located(Runnable mapping) {
        try {
            mapping.run();
        } catch (InvalidSafePropertyException invalid) {
            throw invalid.locatedIn(environment);
        }
    }

    private static @Nullable SafeProperties bind(Environment environment) {
        return isSet(environment) ? bindAll(environment) : null;
    }

    private static boolean isSet(Environment environment) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.containsDescendantOf(PREFIX) != ConfigurationPropertyState.ABSENT
                    || source.getConfigurationProperty(PREFIX) != null) {
                return true;
            }
        }
        return false;
    }

    static SafeProperties bindAll(Environment environment) {
        return CheckedBinding.bind(environment, PREFIX, SafeProperties.class);
    }
}
