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
 * Puts changed policies in force in a running context, where the host reports that its environment has changed, and warns of
 * policies for extensions that do not exist. Only where the guard was made of these properties: the policies of an
 * ancestor's guard are the ancestor's, and those of a guard that the host has built are the host's.
 */
final class PolicyRebinder implements ApplicationListener<ApplicationEvent>, SmartInitializingSingleton {

    private static final Logger logger = LoggerFactory.getLogger(PolicyRebinder.class);

    /** Spring Cloud's; known by name, so as not to depend on it. */
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
            guard.apply(PolicyMapper.policies(properties.rebind()));
            logger.info("Policies under 'safe' have been bound anew");
        } catch (RuntimeException invalid) {
            logger.error("Policies under 'safe' stay as they were, since the new ones are not valid", invalid);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        warnOfUnmatchedPolicies();
    }

    /** Not while there are extension beans that have not been created: which name such a bean has, only it can tell. */
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
