package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.actuate.ExtensionsEndpoint;
import dev.safe.spring.actuate.ExtensionsEndpointWebExtension;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * The {@code extensions} endpoint, where the actuator offers it.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SafeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(ExtensionGuard.class)
@ConditionalOnAvailableEndpoint(ExtensionsEndpoint.class)
@EnableConfigurationProperties(ExtensionsEndpointProperties.class)
public final class SafeEndpointAutoConfiguration {

    /** Creates the configuration. */
    SafeEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ExtensionsEndpoint extensionsEndpoint(ExtensionGuard guard, ExtensionsEndpointProperties properties) {
        return new ExtensionsEndpoint(guard, properties.showValues());
    }

    @Bean
    @ConditionalOnMissingBean
    ExtensionsEndpointWebExtension extensionsEndpointWebExtension(
            ExtensionsEndpoint endpoint, ExtensionsEndpointProperties properties) {
        return new ExtensionsEndpointWebExtension(endpoint, properties.showValues(), properties.roles());
    }
}
