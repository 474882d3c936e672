package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.ContainmentCheck;
import dev.safe.spring.actuate.ExtensionsEndpoint;
import dev.safe.spring.actuate.ExtensionsEndpointWebExtension;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Configures the {@code extensions} endpoint where the actuator makes it available.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SafeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ExtensionGuard.class)
@ConditionalOnAvailableEndpoint(ExtensionsEndpoint.class)
public final class SafeEndpointAutoConfiguration {

    /** Creates the configuration. */
    SafeEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ExtensionsEndpoint extensionsEndpoint(
            ExtensionGuard guard, ObjectProvider<ContainmentCheck> check, Environment environment) {
        return new ExtensionsEndpoint(
                guard,
                ExtensionsEndpointProperties.bind(environment).showValues(),
                () -> ContainmentCheck.unguarded(check));
    }

    @Bean
    @ConditionalOnMissingBean
    ExtensionsEndpointWebExtension extensionsEndpointWebExtension(
            ExtensionsEndpoint endpoint, Environment environment) {
        ExtensionsEndpointProperties properties = ExtensionsEndpointProperties.bind(environment);
        return new ExtensionsEndpointWebExtension(endpoint, properties.showValues(), properties.roles());
    }
}
