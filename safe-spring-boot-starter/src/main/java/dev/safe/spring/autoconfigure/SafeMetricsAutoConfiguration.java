package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.metrics.ExtensionMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Configures the meters where there is a registry.
 *
 * @since 0.1
 */
@AutoConfiguration(
        after = SafeAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ExtensionGuard.class, CurrentProperties.class, MeterRegistry.class})
public final class SafeMetricsAutoConfiguration {

    /** Creates the configuration. */
    SafeMetricsAutoConfiguration() {}

    @Bean
    ExtensionMeters extensionMeters(
            ExtensionGuard guard,
            ObjectProvider<MeterRegistry> registry,
            CurrentProperties currentSafeProperties,
            ConfigurableListableBeanFactory beans) {
        boolean timers = currentSafeProperties.properties().metrics().timers();
        MeterRegistry unique = registry.getIfUnique();
        if (unique != null && beans.getParentBeanFactory() == null) {
            return new ExtensionMeters(guard, unique, timers);
        }
        return ExtensionMeters.forLeaves(
                guard,
                unique != null
                        ? List.of(unique)
                        : beans.getBeansOfType(MeterRegistry.class).values(),
                timers);
    }
}
