package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Warnings about properties that have no effect, in real applications. */
@ExtendWith(OutputCaptureExtension.class)
class UnusedPropertiesTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {}

    record Named(String name) implements ExtensionCapability {}

    @Configuration(proxyBeanMethods = false)
    static class PluginLoader {

        @Bean
        ApplicationRunner plugins(GenericApplicationContext context) {
            return arguments -> {
                context.registerBean("late", ExtensionCapability.class, () -> new Named("late"));
                context.getBean("late");
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnGuard {

        @Bean
        ExtensionGuard own() {
            return ExtensionGuard.ofDefaults();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Sink {

        @Bean
        EventSink sink() {
            return Delivery::done;
        }
    }

    private static ConfigurableApplicationContext run(List<Class<?>> configurations, String... properties) {
        SpringApplication application = new SpringApplication(configurations.toArray(Class<?>[]::new));
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(properties);
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains(" WARN ") && line.contains("UnusedProperties"))
                .map(line -> line.replaceAll(".*UnusedProperties +: ", ""))
                .toList();
    }

    @Test
    void shouldWaitForTheExtensionsThatARunnerRegisters(CapturedOutput output) {
        run(
                        List.of(Host.class, PluginLoader.class),
                        "--safe.extensions.late.phases.poll.log.burst=1",
                        "--safe.extensions.never.phases.poll.log.burst=1")
                .close();
        assertThat(warnings(output))
                .containsExactly(
                        "'safe.extensions[never]' matches no extension, there is [late]: correct the name or remove it");
    }

    @Test
    void shouldNameTheSettingsOfASupervisorThatNoSinkStarts(CapturedOutput output) {
        run(List.of(Host.class), "--safe.supervisor.max-in-flight=8", "--safe.supervisor.restart.afterTrips=2")
                .close();
        assertThat(warnings(output))
                .containsExactly(
                        "These properties have no effect, since there is no EventSink bean, which starts the supervisor:"
                                + " [safe.supervisor.max-in-flight, safe.supervisor.restart.afterTrips]");
    }

    @Test
    void shouldRefuseABadSettingEvenOfASupervisorThatNoSinkStarts() {
        assertThatThrownBy(() -> run(List.of(Host.class), "--safe.supervisor.max-in-flight=0"))
                .rootCause()
                .hasMessageContaining("'safe.supervisor.max-in-flight'")
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> run(
                        List.of(Host.class),
                        "--safe.supervisor.enabled=no",
                        "--safe.supervisor.restart.multiplier=0.5"))
                .rootCause()
                .hasMessageContaining("'safe.supervisor.restart.multiplier'");
    }

    @Test
    void shouldSayNothingOfASupervisorThatIsSwitchedOffOrStarted(CapturedOutput output) {
        run(List.of(Host.class), "--safe.supervisor.max-in-flight=8", "--safe.supervisor.enabled=no")
                .close();
        run(List.of(Host.class, Sink.class), "--safe.supervisor.max-in-flight=8")
                .close();
        assertThat(warnings(output)).isEmpty();
    }

    @Test
    void shouldNameThePropertiesThatAGuardOfTheHostDoesNotHave(CapturedOutput output) {
        run(
                        List.of(Host.class, OwnGuard.class),
                        "--safe.phases.poll.onPanic=throw",
                        "--safe.pass-through=java.io.UncheckedIOException",
                        "--safe.unguarded=fail",
                        "--safe.health.failed-status=down",
                        "--safe.extensions[network.udp].phases.poll.log.burst=1")
                .close();
        assertThat(warnings(output))
                .containsExactly(
                        "These properties have no effect, since the ExtensionGuard bean is the application's own:"
                                + " [safe.extensions[network.udp].phases.poll.log.burst, safe.pass-through,"
                                + " safe.phases.poll.onPanic]");
    }

    @Test
    void shouldSayNothingOfAGuardOfTheHostWhereNothingIsSet(CapturedOutput output) {
        run(List.of(Host.class, OwnGuard.class), "--safe.unguarded=fail").close();
        assertThat(warnings(output)).isEmpty();
    }

    @Test
    void shouldNameWhatAChildSetsOtherwiseThanTheParentWhoseGuardItShares(CapturedOutput output) {
        try (ConfigurableApplicationContext parent = new SpringApplicationBuilder(Host.class)
                        .web(WebApplicationType.NONE)
                        .properties("safe.phases.poll.log.burst=7")
                        .run();
                ConfigurableApplicationContext child = new SpringApplicationBuilder(Host.class)
                        .web(WebApplicationType.NONE)
                        .parent(parent)
                        .run("--safe.phases.host.log.burst=3")) {
            assertThat(child.getBean(ExtensionGuard.class)).isSameAs(parent.getBean(ExtensionGuard.class));
            assertThat(child.getEnvironment().getProperty("safe.phases.poll.log.burst"))
                    .isEqualTo("7");
        }
        assertThat(warnings(output))
                .containsExactly(
                        "These properties have no effect, since the ExtensionGuard is that of a parent context:"
                                + " [safe.phases.host.log.burst]");
    }

    @Test
    void shouldSayNothingOfTheVariablesOfServicesOfKubernetes(CapturedOutput output) {
        String variables = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        for (List<Class<?>> configurations :
                List.<List<Class<?>>>of(List.of(Host.class), List.of(Host.class, OwnGuard.class))) {
            StandardEnvironment environment = new StandardEnvironment();
            environment
                    .getPropertySources()
                    .replace(
                            variables,
                            new SystemEnvironmentPropertySource(
                                    variables,
                                    Map.of(
                                            "SAFE_EXTENSIONS_PORT", "tcp://10.0.0.1:80",
                                            "SAFE_EXTENSIONS_SERVICE_HOST", "10.0.0.1",
                                            "SAFE_EXTENSIONS_PORT_80_TCP_ADDR", "10.0.0.1",
                                            "SAFE_METRICS_SERVICE_PORT", "80",
                                            "SAFE_SUPERVISOR_SERVICE_HOST", "10.0.0.2",
                                            "SAFE_SUPERVISOR_RESTART_PORT", "tcp://10.0.0.3:80")));
            SpringApplication application = new SpringApplication(configurations.toArray(Class<?>[]::new));
            application.setWebApplicationType(WebApplicationType.NONE);
            application.setEnvironment(environment);
            application.run().close();
        }
        assertThat(warnings(output)).isEmpty();
    }

    @Configuration(proxyBeanMethods = false)
    static class Lazy {

        @Bean
        @org.springframework.context.annotation.Lazy
        Named lazy() {
            return new Named("lazy");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class MakesAChild {

        @Bean
        ApplicationRunner child(ConfigurableApplicationContext parent) {
            return arguments -> new SpringApplicationBuilder(Host.class, Lazy.class)
                    .web(WebApplicationType.NONE)
                    .parent(parent)
                    .run();
        }
    }

    @Test
    void shouldNotCallALazyExtensionOfAnotherContextMissing(CapturedOutput output) {
        run(List.of(Host.class, MakesAChild.class), "--safe.extensions.lazy.phases.poll.log.burst=1")
                .close();
        assertThat(warnings(output)).isEmpty();
    }

    @Test
    void shouldTakeBackWhatItSaidOfAnExtensionThatAChildHasLater(CapturedOutput output) {
        try (ConfigurableApplicationContext parent =
                        run(List.of(Host.class), "--safe.extensions.late.phases.poll.log.burst=1");
                ConfigurableApplicationContext child = new SpringApplicationBuilder(Host.class, PluginLoader.class)
                        .web(WebApplicationType.NONE)
                        .parent(parent)
                        .run()) {
            assertThat(child.isActive()).isTrue();
        }
        assertThat(warnings(output))
                .containsExactly(
                        "'safe.extensions[late]' matches no extension, there is []: correct the name or remove it");
        assertThat(output).containsOnlyOnce("'safe.extensions[late]' matches an extension by now");
    }

    @Test
    void shouldSayThatASupervisorDoesNotRunTheExtensionsOfAnotherContext(CapturedOutput output) {
        try (ConfigurableApplicationContext parent = run(List.of(Host.class, Parents.class));
                ConfigurableApplicationContext child = new SpringApplicationBuilder(Host.class, Sink.class)
                        .web(WebApplicationType.NONE)
                        .parent(parent)
                        .run("--safe.supervisor.extensions.parents.config.port=53")) {
            assertThat(child.isActive()).isTrue();
        }
        assertThat(output)
                .contains("'safe.supervisor.extensions[parents]' has no effect, since the supervisor runs only the"
                        + " beans of its own context: []")
                .doesNotContain("matches no extension");
    }

    @Configuration(proxyBeanMethods = false)
    static class Parents {

        @Bean
        Named parents() {
            return new Named("parents");
        }
    }
}
