package dev.safe.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.context.ApplicationEvent;
import org.springframework.core.env.Environment;

/**
 * Warns about settings that are changed while the context runs, and that it has read at its start and does not read again.
 * Warns once of each value. Says nothing of a setting that is set back to what is in effect. Thread-safe.
 */
final class StartSettings {

    private static final Logger logger = LoggerFactory.getLogger(StartSettings.class);

    /** Spring Cloud's event, matched by name so as not to depend on Spring Cloud. */
    private static final String ENVIRONMENT_CHANGED =
            "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

    private final Environment environment;
    private final String prefix;
    private final Set<String> readAgain;
    private final Record started;

    /** What was found at the last refresh; null before the first one. */
    private @Nullable Map<String, Object> refreshed;

    /**
     * Remembers the settings of a start.
     *
     * @param environment the environment that they are read from
     * @param prefix what their keys have in common
     * @param readAgain the children of the prefix that take effect at a refresh
     * @param started the settings
     */
    StartSettings(Environment environment, String prefix, Set<String> readAgain, Record started) {
        this.environment = environment;
        this.prefix = prefix;
        this.readAgain = readAgain;
        this.started = started;
    }

    /** Returns whether Spring Cloud reports that the environment of a running context has changed. */
    static boolean isRefresh(ApplicationEvent event) {
        return event.getClass().getName().equals(ENVIRONMENT_CHANGED);
    }

    /**
     * Compares the settings with those of the start and of the last refresh.
     *
     * @param now the settings as they are now
     * @param isIgnored leaves out keys
     */
    synchronized void refreshed(Record now, Predicate<String> isIgnored) {
        Map<String, Object> atStart = values(started);
        Map<String, Object> before = refreshed == null ? atStart : refreshed;
        Map<String, Object> current = values(now);
        Set<String> keys = new TreeSet<>(atStart.keySet());
        keys.addAll(before.keySet());
        keys.addAll(current.keySet());
        keys.removeIf(key -> Objects.equals(current.get(key), atStart.get(key))
                || Objects.equals(current.get(key), before.get(key)));
        refreshed = current;
        warn(keys.stream()
                .map(this::asWritten)
                .filter(isIgnored.negate())
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    static void warn(Collection<String> keys) {
        if (!keys.isEmpty()) {
            logger.warn("These properties have changed, and take effect at the next start: {}", keys);
        }
    }

    private String asWritten(String key) {
        ConfigurationPropertyName name = ConfigurationPropertyName.ofIfValid(key);
        return name == null
                ? key
                : WrittenProperty.find(environment, name)
                        .map(WrittenProperty::key)
                        .orElse(key);
    }

    private Map<String, Object> values(Record settings) {
        Map<String, Object> values = new TreeMap<>();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            if (!readAgain.contains(component.getName())) {
                collect(child(prefix, component), value(settings, component), values);
            }
        }
        return values;
    }

    /** Collects the settings below a key. Leaves out those that are empty, as if they were not there. */
    private static void collect(String key, @Nullable Object value, Map<String, Object> values) {
        if (value instanceof Record group) {
            for (RecordComponent component : group.getClass().getRecordComponents()) {
                collect(child(key, component), value(group, component), values);
            }
        } else if (value instanceof Map<?, ?> named) {
            named.forEach((name, each) -> collect(key + "[" + name + "]", each, values));
        } else if (value != null && !(value instanceof Collection<?> several && several.isEmpty())) {
            values.put(key, value);
        }
    }

    private static String child(String key, RecordComponent component) {
        return key + "." + DataObjectPropertyName.toDashedForm(component.getName());
    }

    private static @Nullable Object value(Record settings, RecordComponent component) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible); // The records are public.
        }
    }
}
