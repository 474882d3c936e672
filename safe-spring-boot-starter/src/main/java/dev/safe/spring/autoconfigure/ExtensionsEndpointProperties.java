package dev.safe.spring.autoconfigure;

import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the {@code extensions} endpoint. Immutable.
 *
 * @param showValues When to show the messages and frames of panics.
 * @param roles Roles that show them when authorized; any authenticated user if empty.
 * @since 0.1
 */
@ConfigurationProperties("management.endpoint.extensions")
public record ExtensionsEndpointProperties(
        @DefaultValue("never") Show showValues,
        @DefaultValue Set<String> roles) {}
