package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.SupervisorLifecycle;
import dev.safe.spring.actuate.ExtensionRestarter;
import dev.safe.supervisor.EventSink;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Configures the supervisor, which runs all extension beans where there is a bean to take their events.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SafeAutoConfiguration.class, before = SafeEndpointAutoConfiguration.class)
@ConditionalOnBean(value = EventSink.class, name = "currentSafeProperties") // By name costs nothing.
@ConditionalOnBooleanProperty(name = "safe.supervisor.enabled", matchIfMissing = true)
public final class SafeSupervisorAutoConfiguration {

    /** Creates the configuration. */
    SafeSupervisorAutoConfiguration() {}

    /** Runs the beans of this context, whether or not a parent has a supervisor for its own. */
    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    SupervisorLifecycle extensionSupervisorLifecycle(
            ConfigurableListableBeanFactory beans,
            ExtensionGuard guard,
            ObjectProvider<EventSink> sinks,
            CurrentProperties currentSafeProperties,
            ObjectProvider<SupervisorCustomizer> customizers,
            Environment environment) {
        SupervisorSettings settings =
                new SupervisorSettings(currentSafeProperties.properties().supervisor(), environment);
        return new SupervisorLifecycle(beans, guard, nearest(beans, sinks), builder -> {
            settings.accept(builder);
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return settings.build(builder, guard);
        });
    }

    /** Returns the sink of this context if it has one of its own. Parents may have others. */
    private static EventSink nearest(ConfigurableListableBeanFactory beans, ObjectProvider<EventSink> sinks) {
        String[] own = beans.getBeanNamesForType(EventSink.class);
        return own.length == 1 ? beans.getBean(own[0], EventSink.class) : sinks.getObject();
    }

    /** Lets operators restart extensions by the endpoint. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.endpoint.annotation.Endpoint")
    static class Actuator {

        @Bean
        @ConditionalOnMissingBean(value = ExtensionRestarter.class, search = SearchStrategy.CURRENT)
        SupervisorRestarter extensionRestarter(SupervisorLifecycle lifecycle) {
            return new SupervisorRestarter(lifecycle);
        }
    }

    /** Passes on what operators ask of the supervisor. */
    static final class SupervisorRestarter implements ExtensionRestarter {

        private final SupervisorLifecycle lifecycle;

        SupervisorRestarter(SupervisorLifecycle lifecycle) {
            this.lifecycle = lifecycle;
        }

        @Override
        public @Nullable Long restarts(String extension) {
            return lifecycle.restarts(extension);
        }

        @Override
        public void restart(String extension, String reason) {
            lifecycle.restart(extension, reason);
        }
    }
}
