package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.ContainmentCheck;
import dev.safe.spring.actuate.ExtensionRestarter;
import dev.safe.spring.actuate.ExtensionsEndpoint;
import dev.safe.spring.actuate.ExtensionsEndpointWebExtension;
import dev.safe.spring.actuate.StrictArguments;
import dev.safe.spring.actuate.StrictBodyAdvice;
import dev.safe.spring.actuate.StrictBodyFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.server.WebFilter;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Configures the {@code extensions} endpoint where the actuator makes it available.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SafeAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean({ExtensionGuard.class, CurrentProperties.class})
@ConditionalOnAvailableEndpoint(ExtensionsEndpoint.class)
public final class SafeEndpointAutoConfiguration {

    /** Creates the configuration. */
    SafeEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ExtensionsEndpoint extensionsEndpoint(
            ExtensionGuard guard,
            ObjectProvider<ContainmentCheck> check,
            ObjectProvider<ExtensionRestarter> restarter,
            CurrentProperties properties,
            Environment environment) {
        return new ExtensionsEndpoint(
                guard,
                ExtensionsEndpointProperties.bind(environment).showValues(),
                () -> ContainmentCheck.unguarded(check),
                restarter::getIfAvailable,
                properties::holdOrigin);
    }

    @Bean
    @ConditionalOnMissingBean
    ExtensionsEndpointWebExtension extensionsEndpointWebExtension(
            ExtensionsEndpoint endpoint, Environment environment) {
        ExtensionsEndpointProperties properties = ExtensionsEndpointProperties.bind(environment);
        return new ExtensionsEndpointWebExtension(endpoint, properties.showValues(), properties.roles());
    }

    @Bean
    @ConditionalOnMissingBean
    static StrictArguments extensionsEndpointStrictArguments() {
        return new StrictArguments();
    }

    /** Checks requests that arrive through Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestBodyAdviceAdapter.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static class Mvc {

        @Bean
        @ConditionalOnMissingBean
        static StrictBodyAdvice extensionsEndpointStrictBodyAdvice(ObjectProvider<PathMappedEndpoints> paths) {
            return new StrictBodyAdvice(paths::getIfAvailable);
        }
    }

    /** Checks requests that arrive through WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebFilter.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static class WebFlux {

        @Bean
        @ConditionalOnMissingBean
        static StrictBodyFilter extensionsEndpointStrictBodyFilter(ObjectProvider<PathMappedEndpoints> paths) {
            return new StrictBodyFilter(paths::getIfAvailable);
        }
    }

    /** Logs why nobody sees values, if nobody can be authorized. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.security.core.Authentication")
    static class WithoutSpringSecurity {

        @Bean
        @ConditionalOnMissingBean
        static HiddenValuesNotice extensionsEndpointHiddenValuesNotice(Environment environment) {
            return new HiddenValuesNotice(environment);
        }
    }

    /** Logs once the context is up, according to the properties at that time. */
    static final class HiddenValuesNotice implements SmartInitializingSingleton {

        private static final Logger logger = LoggerFactory.getLogger(SafeEndpointAutoConfiguration.class);

        private final Environment environment;

        HiddenValuesNotice(Environment environment) {
            this.environment = environment;
        }

        @Override
        public void afterSingletonsInstantiated() {
            if (ExtensionsEndpointProperties.bind(environment).showValues() == Show.WHEN_AUTHORIZED) {
                logger.warn(
                        "'management.endpoint.extensions.show-values' is when-authorized, and there is no Spring Security "
                                + "to authorize anybody: messages and frames are shown to nobody, unless the web server itself "
                                + "knows its users");
            }
        }
    }
}
