package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.ContainmentCheck;
import dev.safe.spring.actuate.ExtensionsHealthIndicator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Configures the {@code extensions} health contributor.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SafeAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({ExtensionGuard.class, CurrentProperties.class})
@ConditionalOnEnabledHealthIndicator("extensions")
public final class SafeHealthAutoConfiguration {

    /** Creates the configuration. */
    SafeHealthAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "extensionsHealthIndicator")
    ExtensionsHealthIndicator extensionsHealthIndicator(
            ExtensionGuard guard, ObjectProvider<ContainmentCheck> check, CurrentProperties currentSafeProperties) {
        SafeProperties.Health health = currentSafeProperties.properties().health();
        return new ExtensionsHealthIndicator(
                guard,
                health.quarantinedStatus().name(),
                health.failedStatus().name(),
                () -> ContainmentCheck.unguarded(check));
    }
}
