package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import dev.safe.spring.actuate.ExtensionsEndpoint;
import dev.safe.spring.actuate.SafeInfoContributor;
import dev.safe.spring.metrics.ExtensionMeters;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import dev.safe.supervisor.ExtensionSupervisor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A host that injects the guard, with {@code safe.enabled} false. It starts, and runs as if there were no guard. */
@ExtendWith(OutputCaptureExtension.class)
class DisabledTest {

    private static final IllegalStateException BOOM = new IllegalStateException("boom");

    record Loop(ExtensionGuard guard, ExtensionCapability extension) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {

        @Bean
        ExtensionCapability panicking() {
            return new ExtensionCapability() {
                @Override
                public String name() {
                    return "panicking";
                }

                @Override
                public StepEvent poll() {
                    throw BOOM;
                }
            };
        }

        @Bean
        Loop loop(ExtensionGuard guard, ExtensionCapability extension) {
            return new Loop(guard, extension);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnGuard {

        @Bean
        ExtensionGuard own() {
            return ExtensionGuard.ofDefaults();
        }
    }

    private static ConfigurableApplicationContext run(Class<?>... configurations) {
        SpringApplication application = new SpringApplication(configurations);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run("--safe.enabled=false", "--management.endpoints.web.exposure.include=*");
    }

    @Test
    void shouldGiveAHostAGuardThatLetsEverythingThrough(CapturedOutput output) {
        try (ConfigurableApplicationContext context = run(Host.class)) {
            Loop loop = context.getBean(Loop.class);
            assertThatThrownBy(() -> loop.guard().callPoll(loop.extension())).isSameAs(BOOM);
            assertThatThrownBy(() -> loop.guard().guarded(loop.extension()).poll())
                    .isSameAs(BOOM);
            assertThatThrownBy(loop.extension()::poll).isSameAs(BOOM);
            assertThat(context.getBeansOfType(ExtensionsEndpoint.class)).isEmpty();
            assertThat(context.getBeansOfType(SafeInfoContributor.class)).isEmpty();
            assertThat(context.getBeansOfType(ExtensionMeters.class)).isEmpty();
            assertThat(output)
                    .containsOnlyOnce("Extensions are not contained: 'safe.enabled' is false")
                    .doesNotContain("panicked");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Supervised {

        @Bean
        EventSink sink() {
            return Delivery::done;
        }
    }

    @Test
    void shouldSayThatNoSupervisorRunsEither(CapturedOutput output) {
        try (ConfigurableApplicationContext context = run(Host.class, Supervised.class)) {
            assertThat(context.getBeansOfType(ExtensionSupervisor.class)).isEmpty();
            assertThat(output)
                    .containsOnlyOnce(
                            "Extensions are not contained, and no supervisor runs them: 'safe.enabled' is false");
        }
    }

    @Test
    void shouldLeaveTheGuardOfTheHostAsItIs() {
        try (ConfigurableApplicationContext context = run(Host.class, OwnGuard.class)) {
            Loop loop = context.getBean(Loop.class);
            assertThat(loop.guard()).isSameAs(context.getBean("own"));
            assertThat(loop.guard().callPoll(loop.extension())).isNull();
        }
    }
}
