package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Puts changed policies in force in a running context, where the host tells that its environment has changed, and warns of
 * policies for extensions that there are not.
 */
final class PolicyRebinder implements ApplicationListener<ApplicationEvent>, SmartInitializingSingleton {

    private static final Logger logger = LoggerFactory.getLogger(PolicyRebinder.class);

    /** Spring Cloud's; known by name, so as not to depend on it. */
    private static final String ENVIRONMENT_CHANGED =
            "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

    private final SafeSettings settings;
    private final ExtensionGuard guard;

    PolicyRebinder(SafeSettings settings, ExtensionGuard guard) {
        this.settings = settings;
        this.guard = guard;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event.getClass().getName().equals(ENVIRONMENT_CHANGED)) {
            rebind();
        }
    }

    private void rebind() {
        try {
            guard.apply(PolicyProperties.policies(settings.rebind()));
            logger.info("Policies under 'safe' have been bound anew");
        } catch (RuntimeException invalid) {
            logger.error("Policies under 'safe' stay as they were, since the new ones are not valid", invalid);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String configured : settings.extensions()) {
            if (guard.snapshot(configured).isEmpty()) {
                List<String> known =
                        guard.snapshots().stream().map(ExtensionSnapshot::name).toList();
                logger.warn("'safe.extensions[{}]' matches no extension, there is {}", configured, known);
            }
        }
    }
}
