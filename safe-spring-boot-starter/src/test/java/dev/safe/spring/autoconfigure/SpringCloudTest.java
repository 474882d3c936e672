package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.spring.testing.Panicking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application that the real Spring Cloud refreshes, and what the starter does then. */
@ExtendWith(OutputCaptureExtension.class)
class SpringCloudTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {

        @Bean
        Panicking panicking() {
            return new Panicking("plain");
        }

        @Bean
        @RefreshScope
        Panicking refreshed() {
            return new Panicking("refreshed");
        }
    }

    @Test
    void shouldBindPoliciesAnewAndWarnOfNothing(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Host.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (ConfigurableApplicationContext context =
                application.run("--management.endpoints.web.exposure.include=*", "--safe.unguarded=fail")) {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            ExtensionCapability refreshed = context.getBean("refreshed", ExtensionCapability.class);
            assertThat(refreshed.poll()).isNull();

            TestPropertyValues.of("safe.phases.poll.on-panic=throw").applyTo(context.getEnvironment());
            context.getBean(ContextRefresher.class).refresh();
            context.publishEvent(new org.springframework.cloud.context.environment.EnvironmentChangeEvent(
                    context, java.util.Set.of("safe.phases.poll.on-panic")));
            context.getBean(ContextRefresher.class).refresh();

            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            context.getBean("panicking", ExtensionCapability.class)::poll))
                    .isInstanceOf(dev.safe.ExtensionPanicException.class);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(refreshed::poll))
                    .isInstanceOf(dev.safe.ExtensionPanicException.class);
            assertThat(guard.snapshot("refreshed")
                            .orElseThrow()
                            .phase(Phase.POLL)
                            .panics())
                    .isEqualTo(2);
            assertThat(output).contains("Policies under 'safe' have been bound anew");
            assertThat(output.getAll().lines().filter(line -> line.contains(" WARN ")))
                    .isEmpty();
        }
    }
}
