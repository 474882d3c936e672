package dev.safe.spring.autoconfigure;

import dev.safe.ExtensionGuard;
import dev.safe.spring.actuate.SafeInfoContributor;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Configures the {@code safe} info contributor.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SafeAutoConfiguration.class)
@ConditionalOnClass({InfoContributor.class, ConditionalOnEnabledInfoContributor.class})
@ConditionalOnBean({ExtensionGuard.class, CurrentProperties.class})
@ConditionalOnEnabledInfoContributor("safe")
public final class SafeInfoAutoConfiguration {

    /** Creates the configuration. */
    SafeInfoAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    SafeInfoContributor safeInfoContributor(ExtensionGuard guard) {
        return new SafeInfoContributor(guard);
    }
}
