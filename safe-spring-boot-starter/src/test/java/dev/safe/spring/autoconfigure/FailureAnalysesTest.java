package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** What Boot prints if an application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysesTest {

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        AopAutoConfiguration.class,
        SafeAutoConfiguration.class,
        SafeDisabledAutoConfiguration.class
    })
    static class Host {}

    static final class Udp implements ExtensionCapability {
        @Override
        public String name() {
            return "network.udp";
        }
    }

    record Sender(Udp udp) {}

    @Configuration(proxyBeanMethods = false)
    static class Declared {
        @Bean
        Udp udp() {
            return new Udp();
        }

        @Bean
        Sender sender(Udp udp) {
            return new Sender(udp);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CreatedBefore {
        @Bean
        ExtensionCapability udp() {
            return new Udp();
        }

        @Bean
        @DependsOn("udp")
        Sender sender(Udp udp) {
            return new Sender(udp);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ForSender {
        @Bean
        Sender sender(Udp udp) {
            return new Sender(udp);
        }
    }

    private static ConfigurableApplicationContext run(Class<?>[] configurations, String... properties) {
        SpringApplication application = new SpringApplication(configurations);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(properties);
    }

    private static void assertThatStartFails(Class<?>[] configurations, String... properties) {
        assertThatThrownBy(() -> run(configurations, properties).close()).isInstanceOf(Exception.class);
    }

    @ParameterizedTest
    @ValueSource(classes = {Declared.class, CreatedBefore.class})
    void shouldAdviseToInjectTheInterfaceWhereAFinalClassIsInjected(Class<?> configuration, CapturedOutput output) {
        assertThatStartFails(new Class<?>[] {Host.class, configuration});
        assertThat(output)
                .contains(
                        "The extension bean 'udp' cannot be injected as " + Udp.class.getName()
                                + ". It is contained by a proxy of its interfaces, since its class cannot be subclassed: it is final")
                .contains("Inject dev.safe.ExtensionCapability in place of the class, or weave the class"
                        + " (docs/weaving.md).")
                .doesNotContain("proxyTargetClass");
    }

    @Test
    void shouldAdviseToInjectTheInterfaceWhereTheBeanIsAParents(CapturedOutput output) {
        try (ConfigurableApplicationContext parent = run(new Class<?>[] {Host.class, CreatedBeforeOnly.class})) {
            assertThatThrownBy(() -> new org.springframework.boot.builder.SpringApplicationBuilder(
                                    Host.class, ForSender.class)
                            .parent(parent)
                            .web(WebApplicationType.NONE)
                            .run())
                    .isInstanceOf(Exception.class);
        }
        assertThat(output).contains("The extension bean 'udp' cannot be injected as " + Udp.class.getName());
    }

    @Configuration(proxyBeanMethods = false)
    static class CreatedBeforeOnly {
        @Bean
        ExtensionCapability udp() {
            return new Udp();
        }
    }

    @Test
    void shouldLeaveTheAnalysisToBootWhereThereIsNoSuchBean(CapturedOutput output) {
        assertThatStartFails(new Class<?>[] {Host.class, ForSender.class});
        assertThat(output)
                .contains("required a bean of type '" + Udp.class.getName() + "' that could not be found")
                .doesNotContain("docs/weaving.md");
    }

    /** Otherwise Boot's own analyzers, which come first in the class path, would answer. */
    @ParameterizedTest
    @ValueSource(classes = {InterfaceProxyTypeFailureAnalyzer.class, InterfaceProxyBeanFailureAnalyzer.class})
    void shouldComeBeforeBootsOwnAnalyzers(Class<?> analyzer) {
        assertThat(OrderUtils.getOrder(analyzer)).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "on", "true", "TRUE", "Yes"})
    void shouldContainWhereEnabledIsTrueInAnyWords(String value) {
        try (ConfigurableApplicationContext context =
                run(new Class<?>[] {Host.class, CreatedBeforeOnly.class}, "--safe.enabled=" + value)) {
            assertThat(context.getBeansOfType(dev.safe.ExtensionGuard.class)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "no", "off", "false", "Off"})
    void shouldSayThatNothingIsContainedWhereEnabledIsFalse(String value, CapturedOutput output) {
        try (ConfigurableApplicationContext context =
                run(new Class<?>[] {Host.class, CreatedBeforeOnly.class}, "--safe.enabled=" + value)) {
            assertThat(context.getBean(ExtensionCapability.class)).isExactlyInstanceOf(Udp.class);
            assertThat(output.getAll()
                            .lines()
                            .filter(line -> line.contains(" WARN ")
                                    && line.contains("Extensions are not contained: 'safe.enabled' is false")))
                    .hasSize(1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    /** Uses the analyzers that Boot finds, rather than those that a test names. */
    @Test
    void shouldSaySoInAnApplicationThatOnlyHasTheStarter(CapturedOutput output) {
        run(new Class<?>[] {Application.class}, "--safe.enabled=no").close();
        assertThat(output).contains("Extensions are not contained: 'safe.enabled' is false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"maybe", "2", "tru", ""})
    void shouldRefuseWhatIsNotABoolean(String value, CapturedOutput output) {
        assertThatStartFails(new Class<?>[] {Host.class}, "--safe.enabled=" + value);
        assertThat(output)
                .contains("The property 'safe.enabled' has the value '" + value
                        + "'. It must be true, on, yes or 1, or false, off, no or 0.")
                .contains("Change the value of 'safe.enabled'.");
    }

    @Test
    void shouldSayNothingOfBeingEnabled(CapturedOutput output) {
        run(new Class<?>[] {Host.class}).close();
        assertThat(output).doesNotContain("Extensions are not contained");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"java.lang.Throwable", "java.lang.Exception", "java.lang.RuntimeException", "java.lang.Error"})
    void shouldRefuseToPassEveryPanicThrough(String type, CapturedOutput output) {
        assertThatStartFails(new Class<?>[] {Host.class}, "--safe.pass-through=java.io.UncheckedIOException," + type);
        assertThat(output)
                .contains("The property 'safe.pass-through' has the value '" + type + "'. It must not name Throwable,"
                        + " Exception, RuntimeException or Error: no panic would be contained.")
                .contains("Change the value of 'safe.pass-through'.");
    }

    record Listening(String name) implements ExtensionCapability {
        @EventListener
        void hear(ApplicationReadyEvent event) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class WithListener {
        @Bean
        ExtensionCapability listening() {
            return new Listening("listening");
        }
    }

    abstract static class Ticking implements ExtensionCapability {
        @Scheduled(fixedDelay = 1_000)
        public void tick() {}
    }

    static final class Clock extends Ticking {
        @Override
        public String name() {
            return "clock";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class WithSchedule {
        @Bean
        Clock clock() {
            return new Clock();
        }
    }

    @ParameterizedTest
    @CsvSource({"WithListener, hear, listening", "WithSchedule, tick, clock"})
    void shouldAdviseToMoveAMethodThatTheProxyDoesNotHave(
            String configuration, String method, String bean, CapturedOutput output) throws ClassNotFoundException {
        Class<?> type = Class.forName(FailureAnalysesTest.class.getName() + "$" + configuration);
        assertThatStartFails(new Class<?>[] {Host.class, type});
        assertThat(output.getAll()).contains("""
                Description:

                Spring cannot call the method '%s' of the extension bean '%s'. The bean is contained by a proxy of its \
                interfaces, which do not have the method, since its class cannot be subclassed: it is final (as records and \
                Kotlin's classes are), sealed or hidden, has a final entry point or private constructors only, or comes from \
                another class loader.

                Action:

                Move the method to a bean of its own.
                """.formatted(method, bean));
    }

    @Test
    void shouldLeaveAlonePlainBeansWhoseMethodsCannotBeCalled() {
        InterfaceProxyMethodFailureAnalyzer analyzer =
                new InterfaceProxyMethodFailureAnalyzer(new DefaultListableBeanFactory());
        IllegalStateException failure =
                new IllegalStateException("Need to invoke method 'hear' declared on target class"
                        + " 'Listening', but not found in any interface(s) of the exposed proxy type.");
        assertThat(analyzer.analyze(failure, failure)).isNull();
    }
}
