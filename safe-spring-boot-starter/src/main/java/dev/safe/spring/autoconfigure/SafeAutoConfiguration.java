package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import dev.safe.spring.ContainmentCheck;
import dev.safe.spring.EventPublisher;
import dev.safe.spring.ExtensionAdvisor;
import dev.safe.spring.ExtensionRegistrar;
import dev.safe.spring.ListenerAttachment;
import dev.safe.spring.OutermostAdvice;
import dev.safe.spring.RedundantProxyRemover;
import java.util.Set;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * Configures the guard, and the beans that apply it to every extension bean.
 *
 * <p>The first post-processor may need some of these beans. They are infrastructure, depend on nothing else, and are
 * made by static methods. A parameter with a bean's name is found by that name. Any other parameter makes Spring look
 * at the type of every bean.
 *
 * @since 0.1
 */
@AutoConfiguration(before = AopAutoConfiguration.class)
@ConditionalOnClass({Aspect.class, ProxyFactory.class})
@Conditional(OnSafeEnabled.class)
public final class SafeAutoConfiguration {

    /** Creates the configuration. */
    SafeAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CurrentProperties currentSafeProperties(Environment environment) {
        return new CurrentProperties(environment);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionGuard extensionGuard(CurrentProperties currentSafeProperties) {
        return currentSafeProperties.buildGuard();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionAdvisor extensionAdvisor(ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionAdvisor(guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionRegistrar extensionRegistrar(ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionRegistrar(guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RedundantProxyRemover redundantExtensionProxyRemover(ExtensionRegistrar extensionRegistrar) {
        return new RedundantProxyRemover(extensionRegistrar);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static OutermostAdvice outermostExtensionAdvice() {
        return new OutermostAdvice();
    }

    @Bean
    static ContainmentCheck extensionContainmentCheck(
            ExtensionGuard guard,
            ExtensionRegistrar extensionRegistrar,
            ExtensionAdvisor extensionAdvisor,
            CurrentProperties currentSafeProperties) {
        return new ContainmentCheck(
                guard, extensionRegistrar, extensionAdvisor, currentSafeProperties.failsOnUnguarded());
    }

    @Bean
    static ListenerAttachment extensionListenerAttachment(
            ExtensionGuard guard, ExtensionRegistrar extensionRegistrar, ObjectProvider<GuardListener> listeners) {
        return new ListenerAttachment(guard, extensionRegistrar, listeners);
    }

    @Bean
    static EventPublisher extensionEventPublisher(ExtensionRegistrar extensionRegistrar) {
        return new EventPublisher(extensionRegistrar);
    }

    @Bean
    static UnusedProperties unusedSafeProperties(
            CurrentProperties currentSafeProperties, ExtensionGuard guard, ExtensionRegistrar extensionRegistrar) {
        return new UnusedProperties(currentSafeProperties, guard, extensionRegistrar);
    }

    @Bean
    static PolicyRebinder extensionPolicyRebinder(
            CurrentProperties currentSafeProperties,
            ExtensionGuard guard,
            UnusedProperties unusedSafeProperties,
            Environment environment) {
        return new PolicyRebinder(currentSafeProperties, guard, unusedSafeProperties, environment);
    }

    /** Checks the settings of the endpoint, whether exposed or not, and shows the properties in {@code configprops}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.endpoint.Show")
    @Import(ReportedProperties.Registrar.class)
    static class Actuator {

        @Bean
        static EndpointSettingsCheck extensionsEndpointSettingsCheck(Environment environment) {
            return new EndpointSettingsCheck(environment);
        }
    }

    /** Fails the start if a setting of the endpoint is not valid. Warns if one is changed after it, to no effect. */
    static final class EndpointSettingsCheck
            implements SmartInitializingSingleton, ApplicationListener<ApplicationEvent> {

        private static final Logger logger = LoggerFactory.getLogger(SafeAutoConfiguration.class);

        private final Environment environment;
        private volatile @Nullable StartSettings start;

        EndpointSettingsCheck(Environment environment) {
            this.environment = environment;
        }

        @Override
        public void afterSingletonsInstantiated() {
            start = new StartSettings(
                    environment,
                    "management.endpoint.extensions",
                    Set.of(),
                    ExtensionsEndpointProperties.bind(environment));
        }

        @Override
        public void onApplicationEvent(ApplicationEvent event) {
            StartSettings known = start;
            if (known == null || !StartSettings.isRefresh(event)) {
                return;
            }
            try {
                known.refreshed(ExtensionsEndpointProperties.bind(environment), key -> false);
            } catch (InvalidSafePropertyException invalid) {
                logger.error("The next start will fail: {}", invalid.getMessage());
            }
        }
    }
}
