package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/**
 * Applies changed policies in a running context when Spring Cloud reports a changed environment. Does so only if the guard
 * was built from these properties. An ancestor's guard has the ancestor's policies, and a guard that the host built has the
 * host's. Warns about changes that have no effect, or only at the next start.
 */
final class PolicyRebinder implements ApplicationListener<ApplicationEvent> {

    private static final Logger logger = LoggerFactory.getLogger(PolicyRebinder.class);

    /** What {@link CurrentProperties#rebind} puts in force. */
    private static final Set<String> READ_AGAIN = Set.of("phases", "extensions");

    private final CurrentProperties properties;
    private final ExtensionGuard guard;
    private final UnusedProperties unused;
    private final StartSettings start;

    PolicyRebinder(
            CurrentProperties properties, ExtensionGuard guard, UnusedProperties unused, Environment environment) {
        this.properties = properties;
        this.guard = guard;
        this.unused = unused;
        this.start = new StartSettings(environment, "safe", READ_AGAIN, properties.properties());
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        if (StartSettings.isRefresh(event)) {
            refresh();
        }
    }

    private void refresh() {
        try {
            SafeProperties next = properties.hasBuilt(guard) ? rebound() : properties.read();
            unused.warn();
            start.refreshed(next, unused::hasWarnedOf);
        } catch (InvalidSafePropertyException invalid) {
            logger.error(
                    "Policies under 'safe' stay as they were: {} {}",
                    invalid.description().replaceAll("\\s+", " "),
                    invalid.action());
        } catch (RuntimeException failure) {
            logger.error("Policies under 'safe' stay as they were, since they could not be bound anew", failure);
        }
    }

    private SafeProperties rebound() {
        properties.rebind(guard);
        logger.info("Policies under 'safe' have been bound anew");
        return properties.properties();
    }
}
