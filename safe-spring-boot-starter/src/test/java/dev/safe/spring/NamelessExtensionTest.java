package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** An extension whose {@code name()} throws is listed under the name of its bean, and under no other. */
class NamelessExtensionTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class));

    private static ExtensionCapability nameless() {
        return () -> {
            throw new IllegalStateException("no name");
        };
    }

    @Configuration(proxyBeanMethods = false)
    static class Singleton {

        @Bean
        ExtensionCapability chirp() {
            return nameless();
        }

        @Bean
        InitializingBean early(ExtensionCapability chirp, ExtensionGuard guard) {
            return () -> use(chirp, guard);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {

        @Bean
        @Scope("prototype")
        ExtensionCapability chirp() {
            return nameless();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
        ExtensionCapability chirp() {
            return nameless();
        }
    }

    private static void use(ExtensionCapability extension, ExtensionGuard guard) {
        extension.poll();
        guard.callPoll(extension);
        guard.guarded(extension).poll();
    }

    private void shouldBeListedOnce(Class<?> configuration, String... properties) {
        runner.withUserConfiguration(configuration)
                .withPropertyValues(properties)
                .run(context -> {
                    ExtensionGuard guard = context.getBean(ExtensionGuard.class);
                    use(context.getBean("chirp", ExtensionCapability.class), guard);
                    assertThat(guard.snapshots())
                            .extracting(ExtensionSnapshot::name)
                            .containsExactly("chirp");
                    assertThat(guard.snapshot("chirp")
                                    .orElseThrow()
                                    .phase(Phase.SETUP)
                                    .panics())
                            .isPositive();
                });
    }

    @Test
    void shouldListASingletonOnce() {
        shouldBeListedOnce(Singleton.class);
    }

    @Test
    void shouldListASingletonThatIsNotProxiedOnce() {
        shouldBeListedOnce(Singleton.class, "spring.aop.auto=false");
    }

    @Test
    void shouldListPrototypesOnce() {
        shouldBeListedOnce(Prototype.class);
    }

    @Test
    void shouldListAScopedProxyOnce() {
        shouldBeListedOnce(Scoped.class);
    }
}
