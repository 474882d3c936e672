package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.spring.ExtensionRegistrar;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Applies changed policies in a running context when Spring Cloud reports a changed environment, and warns about
 * policies for extensions that do not exist. Does so only if the guard was built from these properties. An ancestor's
 * guard has the ancestor's policies, and a guard that the host built has the host's.
 */
final class PolicyRebinder implements ApplicationListener<ApplicationEvent>, SmartInitializingSingleton {

    private static final Logger logger = LoggerFactory.getLogger(PolicyRebinder.class);

    /** Spring Cloud's event, matched by name so as not to depend on Spring Cloud. */
    private static final String ENVIRONMENT_CHANGED =
            "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

    private final CurrentProperties properties;
    private final ExtensionGuard guard;
    private final ExtensionRegistrar registrar;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    PolicyRebinder(CurrentProperties properties, ExtensionGuard guard, ExtensionRegistrar registrar) {
        this.properties = properties;
        this.guard = guard;
        this.registrar = registrar;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event.getClass().getName().equals(ENVIRONMENT_CHANGED)) {
            rebind();
        } else if (event instanceof ApplicationReadyEvent) {
            warnOfUnmatchedPolicies();
        }
    }

    private void rebind() {
        if (!properties.hasBuilt(guard)) {
            return;
        }
        try {
            properties.rebind(guard);
            logger.info("Policies under 'safe' have been bound anew");
        } catch (InvalidSafePropertyException invalid) {
            logger.error(
                    "Policies under 'safe' stay as they were: {} {}",
                    invalid.description().replaceAll("\\s+", " "),
                    invalid.action());
        } catch (RuntimeException failure) {
            logger.error("Policies under 'safe' stay as they were, since they could not be bound anew", failure);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        warnOfUnmatchedPolicies();
    }

    /**
     * Warns about policies that match no extension. Waits until all extension beans are created, since only a bean
     * knows its extension's name.
     */
    private void warnOfUnmatchedPolicies() {
        Set<String> configured = properties.hasBuilt(guard) ? properties.configuredExtensions() : Set.of();
        for (String extension : configured) {
            if (guard.snapshot(extension).isEmpty() && !registrar.hasUncreatedBeans() && warned.add(extension)) {
                List<String> known =
                        guard.snapshots().stream().map(ExtensionSnapshot::name).toList();
                logger.warn("'safe.extensions[{}]' matches no extension, there is {}", extension, known);
            }
        }
    }
}
