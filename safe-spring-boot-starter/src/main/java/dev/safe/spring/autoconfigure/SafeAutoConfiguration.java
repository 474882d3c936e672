package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import dev.safe.spring.ContainmentCheck;
import dev.safe.spring.EventPublisher;
import dev.safe.spring.ExtensionAdvisor;
import dev.safe.spring.ExtensionRegistrar;
import dev.safe.spring.ListenerAttachment;
import dev.safe.spring.WovenBeans;
import org.aspectj.lang.annotation.Aspect;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * The guard, and what puts it around every extension bean. Whatever may be needed by the first post processor is
 * infrastructure, depends on nothing else, and is made by a static method.
 *
 * @since 0.1
 */
@AutoConfiguration(before = AopAutoConfiguration.class)
@ConditionalOnClass({Aspect.class, ProxyFactory.class})
@ConditionalOnProperty(name = "safe.enabled", havingValue = "true", matchIfMissing = true)
@ImportRuntimeHints(SafeRuntimeHints.class)
public final class SafeAutoConfiguration {

    /** Creates the configuration. */
    SafeAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static SafeSettings safeSettings(Environment environment) {
        return new SafeSettings(environment);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionGuard extensionGuard(SafeSettings settings) {
        SafeProperties properties = settings.properties();
        return ExtensionGuard.builder()
                .policies(PolicyProperties.policies(properties))
                .passThrough(PolicyProperties.passThrough(properties))
                .timers(properties.metrics().timers())
                .build();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionAdvisor extensionSetupAdvisor(ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionAdvisor("setup", guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionAdvisor extensionPollAdvisor(ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionAdvisor("poll", guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionAdvisor extensionFinalizeAdvisor(ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionAdvisor("finalizeStep", guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionAdvisor extensionTeardownAdvisor(ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionAdvisor("teardown", guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ExtensionRegistrar extensionRegistrar(
            ConfigurableListableBeanFactory beans, ObjectProvider<ExtensionGuard> guard) {
        return new ExtensionRegistrar(beans, guard);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static WovenBeans wovenExtensionBeans() {
        return new WovenBeans();
    }

    @Bean
    static ContainmentCheck extensionContainmentCheck(
            ConfigurableListableBeanFactory beans,
            ExtensionGuard guard,
            ExtensionRegistrar registrar,
            SafeSettings settings) {
        return new ContainmentCheck(
                beans, guard, registrar, settings.properties().unguarded() == SafeProperties.Unguarded.FAIL);
    }

    @Bean
    static ListenerAttachment extensionListenerAttachment(
            ExtensionGuard guard, ObjectProvider<GuardListener> listeners) {
        return new ListenerAttachment(guard, listeners);
    }

    @Bean
    static EventPublisher extensionEventPublisher(ApplicationEventPublisher events) {
        return new EventPublisher(events);
    }

    @Bean
    static PolicyRebinder extensionPolicyRebinder(SafeSettings settings, ExtensionGuard guard) {
        return new PolicyRebinder(settings, guard);
    }
}
