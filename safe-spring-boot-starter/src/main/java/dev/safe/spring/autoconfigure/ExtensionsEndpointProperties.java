package dev.safe.spring.autoconfigure;

import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Settings of the {@code extensions} endpoint. Not a bean, since Spring Cloud would try to bind it again at each
 * refresh and warn that it cannot. Immutable.
 *
 * @param showValues When to show the messages and frames of panics.
 * @param roles Roles that may see messages and frames when authorized; any authenticated user if empty.
 * @since 0.1
 */
@ConfigurationProperties("management.endpoint.extensions")
public record ExtensionsEndpointProperties(
        @DefaultValue("never") Show showValues,
        @DefaultValue Set<String> roles) {

    private static final ConfigurationPropertyName PREFIX =
            ConfigurationPropertyName.of("management.endpoint.extensions");

    static ExtensionsEndpointProperties bind(Environment environment) {
        return CheckedBinding.bindShared(environment, PREFIX, ExtensionsEndpointProperties.class);
    }
}
