package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Applies changed policies in a running context when Spring Cloud reports a changed environment. Does so only if the guard
 * was built from these properties. An ancestor's guard has the ancestor's policies, and a guard that the host built has the
 * host's.
 */
final class PolicyRebinder implements ApplicationListener<ApplicationEvent> {

    private static final Logger logger = LoggerFactory.getLogger(PolicyRebinder.class);

    /** Spring Cloud's event, matched by name so as not to depend on Spring Cloud. */
    private static final String ENVIRONMENT_CHANGED =
            "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

    private final CurrentProperties properties;
    private final ExtensionGuard guard;
    private final UnusedProperties unused;

    PolicyRebinder(CurrentProperties properties, ExtensionGuard guard, UnusedProperties unused) {
        this.properties = properties;
        this.guard = guard;
        this.unused = unused;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (event.getClass().getName().equals(ENVIRONMENT_CHANGED) && properties.hasBuilt(guard)) {
            rebind();
        }
    }

    private void rebind() {
        try {
            properties.rebind(guard);
            logger.info("Policies under 'safe' have been bound anew");
            unused.warn();
        } catch (InvalidSafePropertyException invalid) {
            logger.error(
                    "Policies under 'safe' stay as they were: {} {}",
                    invalid.description().replaceAll("\\s+", " "),
                    invalid.action());
        } catch (RuntimeException failure) {
            logger.error("Policies under 'safe' stay as they were, since they could not be bound anew", failure);
        }
    }
}
