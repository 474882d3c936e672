package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.spring.ExtensionRegistrar;
import dev.safe.supervisor.EventSink;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Warns about properties that have no effect, once each: policies for extensions that do not exist, all policies
 * where the guard was not built from them, and settings of a supervisor that does not run. Looks once the application is ready, since runners may register extensions.
 * If no event will announce that, looks once the context is up. Thread-safe.
 */
final class UnusedProperties implements ApplicationListener<ApplicationEvent>, ApplicationContextAware {

    private static final Logger logger = LoggerFactory.getLogger(UnusedProperties.class);

    private static final String PROPERTIES_BEAN = "currentSafeProperties";

    /** Names a bean of each context that a {@code SpringApplication} starts, and so reports as ready. */
    private static final String SPRING_APPLICATION_BEAN = "springApplicationArguments";

    private final CurrentProperties properties;
    private final ExtensionGuard guard;
    private final ExtensionRegistrar registrar;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    @SuppressWarnings("NullAway.Init") // set before anything else is called
    private ApplicationContext context;

    UnusedProperties(CurrentProperties properties, ExtensionGuard guard, ExtensionRegistrar registrar) {
        this.properties = properties;
        this.guard = guard;
        this.registrar = registrar;
    }

    @Override
    public void setApplicationContext(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event instanceof ApplicationReadyEvent
                || (event instanceof ContextRefreshedEvent && !context.containsLocalBean(SPRING_APPLICATION_BEAN))) {
            warn();
        }
    }

    /** Warns about the properties that it has not warned about yet. */
    void warn() {
        warnOfMissingSink();
        if (properties.hasBuilt(guard)) {
            warnOfUnmatchedPolicies();
        } else {
            warnOfAnotherGuard(ancestorThatBuiltTheGuard());
        }
    }

    /** Returns whether it has warned that a property, or an element of it, has no effect. */
    boolean hasWarnedOf(String key) {
        return warned.stream().anyMatch(unused -> unused.equals(key) || unused.startsWith(key + "["));
    }

    /**
     * Warns about policies that match no extension. Waits until all extension beans are created, since only a bean
     * knows its extension's name.
     */
    private void warnOfUnmatchedPolicies() {
        for (String extension : properties.configuredExtensions()) {
            if (guard.snapshot(extension).isPresent()) {
                if (warned.remove(extension)) {
                    logger.info("'safe.extensions[{}]' matches an extension by now", extension);
                }
            } else if (!registrar.hasUncreatedBeans() && warned.add(extension)) {
                List<String> known =
                        guard.snapshots().stream().map(ExtensionSnapshot::name).toList();
                logger.warn(
                        "'safe.extensions[{}]' matches no extension, there is {}: correct the name or remove it",
                        extension,
                        known);
            }
        }
    }

    /** Warns about settings of a supervisor that nothing starts. */
    private void warnOfMissingSink() {
        Set<String> keys = properties.supervisorKeys();
        if (keys.isEmpty()
                || BeanFactoryUtils.beanNamesForTypeIncludingAncestors(context, EventSink.class, true, false).length
                        > 0) {
            return;
        }
        List<String> unused = keys.stream().filter(warned::add).toList();
        if (!unused.isEmpty()) {
            logger.warn(
                    "These properties have no effect, since there is no EventSink bean, which starts the supervisor: {}",
                    unused);
        }
    }

    private void warnOfAnotherGuard(@Nullable CurrentProperties ancestor) {
        List<String> unused =
                properties.guardKeys(ancestor).stream().filter(warned::add).toList();
        if (unused.isEmpty()) {
            return;
        }
        if (ancestor == null) {
            logger.warn(
                    "These properties have no effect, since the ExtensionGuard bean is the application's own: {}",
                    unused);
        } else {
            logger.warn(
                    "These properties have no effect, since the ExtensionGuard is that of a parent context: {}",
                    unused);
        }
    }

    private @Nullable CurrentProperties ancestorThatBuiltTheGuard() {
        return Stream.iterate(context.getParent(), parent -> parent != null, ApplicationContext::getParent)
                .filter(parent -> parent.containsLocalBean(PROPERTIES_BEAN))
                .map(parent -> parent.getBean(PROPERTIES_BEAN, CurrentProperties.class))
                .filter(candidate -> candidate.hasBuilt(guard))
                .findFirst()
                .orElse(null);
    }
}
