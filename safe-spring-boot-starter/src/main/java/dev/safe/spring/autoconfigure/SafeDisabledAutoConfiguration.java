package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.supervisor.EventSink;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Provides a guard that lets everything through where {@code safe.enabled} is false, so that a host that injects the guard
 * starts as before. Logs that nothing is contained.
 *
 * @since 0.1
 */
@AutoConfiguration
@Conditional(SafeDisabledAutoConfiguration.OnSafeDisabled.class)
public final class SafeDisabledAutoConfiguration {

    /** Creates the configuration. */
    SafeDisabledAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionGuard extensionGuard() {
        return ExtensionGuard.disabled();
    }

    @Bean
    static Notice safeDisabledNotice(Environment environment, ListableBeanFactory beans) {
        return new Notice(environment, beans.getBeanNamesForType(EventSink.class, true, false).length > 0);
    }

    /**
     * Logs once the context is up, and again if Safe is enabled too late. Logs at each start even with AOT processing.
     */
    static final class Notice implements SmartInitializingSingleton, ApplicationListener<ApplicationEvent> {

        private static final Logger logger = LoggerFactory.getLogger(SafeDisabledAutoConfiguration.class);

        private final Environment environment;
        private final boolean isSupervised;
        private final AtomicBoolean enabledNext = new AtomicBoolean();

        /** @param isSupervised whether a supervisor would run the extensions if Safe were enabled */
        Notice(Environment environment, boolean isSupervised) {
            this.environment = environment;
            this.isSupervised = isSupervised;
        }

        @Override
        public void afterSingletonsInstantiated() {
            logger.warn(
                    isSupervised
                            ? "Extensions are not contained, and no supervisor runs them: 'safe.enabled' is false"
                            : "Extensions are not contained: 'safe.enabled' is false");
        }

        @Override
        public void onApplicationEvent(ApplicationEvent event) {
            if (!StartSettings.isRefresh(event)) {
                return;
            }
            try {
                boolean enabled = OnSafeEnabled.isEnabled(environment);
                if (enabledNext.getAndSet(enabled) != enabled && enabled) {
                    StartSettings.warn(List.of("safe.enabled"));
                }
            } catch (InvalidSafePropertyException invalid) {
                logger.error("The next start will fail: {}", invalid.getMessage());
            }
        }
    }

    /** Matches where {@link OnSafeEnabled} does not. */
    static final class OnSafeDisabled extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            boolean enabled = OnSafeEnabled.isEnabled(context.getEnvironment());
            return new ConditionOutcome(!enabled, "safe.enabled is " + enabled);
        }
    }
}
