package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** Whatever is not contained comes to light, whenever and wherever it was registered. */
@ExtendWith(OutputCaptureExtension.class)
class ContainmentTest {

    private static final String NOT_CONTAINED =
            "extension bean 'late' of type " + Udp.class.getName() + " is not contained: no advice reaches it";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class));

    static class Udp implements ExtensionCapability {
        @Override
        public String name() {
            return "network.udp";
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({AopAutoConfiguration.class, SafeAutoConfiguration.class})
    static class Host {

        @Bean
        ApplicationRunner loadPlugins(ConfigurableListableBeanFactory beans) {
            return arguments -> beans.registerSingleton("late", new Udp());
        }
    }

    private static ConfigurableApplicationContext run(String... properties) {
        SpringApplication application = new SpringApplication(Host.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(properties);
    }

    private static long warnings(CapturedOutput output, String text) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains(" WARN ") && line.contains("ContainmentCheck") && line.contains(text))
                .count();
    }

    @Test
    void shouldWarnOnceOfASingletonThatARunnerRegisters(CapturedOutput output) {
        try (ConfigurableApplicationContext context = run()) {
            assertThat(warnings(output, NOT_CONTAINED)).isOne();
            ContainmentCheck check = context.getBean(ContainmentCheck.class);
            assertThat(check.unguarded()).containsExactly(new UnguardedExtension("late", Udp.class.getName(), null));
            check.unguarded();
            assertThat(warnings(output, NOT_CONTAINED)).isOne();
        }
    }

    @Test
    void shouldStopAnApplicationWhoseRunnerRegistersWhatIsNotContained(CapturedOutput output) {
        assertThatThrownBy(() -> run("--safe.unguarded=fail"))
                .isInstanceOf(UnguardedExtensionException.class)
                .hasMessage(NOT_CONTAINED);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("The extension bean 'late' of type " + Udp.class.getName() + " is not contained");
    }

    @Test
    void shouldSeeAPluginThatIsLoadedAfterTheStartAtTheNextRead(CapturedOutput output) {
        runner.withPropertyValues("safe.unguarded=fail").run(context -> {
            ContainmentCheck check = context.getBean(ContainmentCheck.class);
            assertThat(check.unguarded()).isEmpty();
            context.getBeanFactory().registerSingleton("late", new Udp());
            assertThat(check.unguarded()).extracting(UnguardedExtension::bean).containsExactly("late");
            check.unguarded();
            assertThat(warnings(output, NOT_CONTAINED)).isOne();
        });
    }

    @Test
    void shouldLookAtAPlainParentOfAContext(CapturedOutput output) {
        try (GenericApplicationContext plain = new GenericApplicationContext()) {
            plain.registerBean("late", Udp.class);
            BeanDefinition lazy = new RootBeanDefinition(Udp.class);
            lazy.setLazyInit(true);
            plain.registerBeanDefinition("lazy", lazy);
            plain.refresh();
            runner.withParent(plain)
                    .withPropertyValues("safe.unguarded=fail")
                    .run(context -> assertThat(context).getFailure().hasMessage(NOT_CONTAINED));
            for (int i = 0; i < 2; i++) {
                runner.withParent(plain).run(context -> assertThat(
                                context.getBean(ContainmentCheck.class).unguarded())
                        .extracting(UnguardedExtension::bean)
                        .containsExactly("late", "lazy"));
            }
            assertThat(warnings(output, NOT_CONTAINED)).isOne();
            assertThat(plain.getBeanFactory().containsSingleton("lazy")).isFalse();
        }
    }

    /** The auto-proxy creator of a parent does not see the beans of its child. */
    @Test
    void shouldReportWhatIsLazyInAChildThatHasNoAutoProxyCreator() {
        runner.run(parent -> runner.withParent(parent)
                .withPropertyValues("spring.aop.auto=false")
                .withBean("lazy", Udp.class, Udp::new, definition -> definition.setLazyInit(true))
                .run(child -> assertThat(child.getBean(ContainmentCheck.class).unguarded())
                        .extracting(UnguardedExtension::bean)
                        .containsExactly("lazy")));
    }

    @Test
    void shouldShowWhatIsNotContainedInAChildToWhoeverAsksItsParent() {
        runner.run(parent -> runner.withParent(parent).run(child -> {
            child.getBeanFactory().registerSingleton("late", new Udp());
            assertThat(parent.getBean(ContainmentCheck.class).unguarded())
                    .extracting(UnguardedExtension::bean)
                    .containsExactly("late");
        }));
    }

    @Test
    void shouldTakeADecoratorThatIsRegisteredForContained() {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        runner.withPropertyValues("safe.unguarded=fail")
                .withBean(ExtensionGuard.class, () -> guard)
                .withInitializer(context -> context.getBeanFactory().registerSingleton("own", guard.guarded(new Udp())))
                .withInitializer(context -> context.getBeanFactory()
                        .registerSingleton(
                                "foreign", ExtensionGuard.ofDefaults().guarded(new Udp())))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean("own", ExtensionCapability.class).poll())
                            .isNull();
                    assertThat(context.getBean(ContainmentCheck.class).unguarded())
                            .isEmpty();
                });
    }

    @Test
    void shouldNameTheExtensionThatLooksHealthyWhereNothingIsProxied() {
        runner.withPropertyValues("spring.aop.auto=false")
                .withBean("udp", Udp.class)
                .run(context -> assertThat(
                                context.getBean(ContainmentCheck.class).unguarded())
                        .containsExactly(new UnguardedExtension("udp", Udp.class.getName(), "network.udp")));
    }

    static class Broken implements FactoryBean<ExtensionCapability> {
        @Override
        public ExtensionCapability getObject() {
            throw new IllegalStateException("not today");
        }

        @Override
        public Class<?> getObjectType() {
            return ExtensionCapability.class;
        }
    }

    /** Nobody has asked the factory for its object yet. */
    @Test
    void shouldNotFailTheStartForTheSakeOfLooking() {
        runner.withBean("broken", Broken.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    record Named(String name) implements ExtensionCapability {}

    @Test
    void shouldTakeAnExtensionWhoseBeanIsGoneForLoadedAnew() {
        runner.run(context -> {
            ConfigurableListableBeanFactory beans = context.getBeanFactory();
            beans.initializeBean(new Named("plugin"), "plugin-1");
            Object anew = beans.initializeBean(new Named("plugin"), "plugin-2");
            assertThat(((ExtensionCapability) anew).poll()).isNull();
            assertThat(context.getBean(ExtensionGuard.class).snapshots()).hasSize(1);
        });
    }

    /** Spring takes it for a part of its own proxies, and so does not proxy it. */
    static class Intercepting extends Udp implements MethodInterceptor {

        @Override
        public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
            return invocation.proceed();
        }
    }

    @Test
    void shouldStopTheStartForAPrototypeThatSpringNeverProxies() {
        runner.withPropertyValues("safe.unguarded=fail")
                .withBean("odd", Intercepting.class, Intercepting::new, definition -> definition.setScope("prototype"))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnguardedExtensionException.class)
                        .hasMessageContaining("'odd'"));
    }

    static class Marked extends Udp implements AopInfrastructureBean {}

    @Test
    void shouldStopTheStartForABeanThatIsMarkedAsPartOfSpringsProxies() {
        runner.withPropertyValues("safe.unguarded=fail")
                .withBean("odd", Marked.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnguardedExtensionException.class)
                        .hasMessageContaining("'odd'"));
    }

    static class Factory implements FactoryBean<ExtensionCapability> {

        int products;

        @Override
        public ExtensionCapability getObject() {
            products++;
            return new Udp();
        }

        @Override
        public Class<?> getObjectType() {
            return Udp.class;
        }

        @Override
        public boolean isSingleton() {
            return false;
        }
    }

    @Test
    void shouldMakeNoExtensionForTheSakeOfLooking() {
        runner.withBean("plugins", Factory.class).run(context -> {
            context.getBean(ContainmentCheck.class).unguarded();
            context.getBean(ContainmentCheck.class).unguarded();
            assertThat(context.getBean("&plugins", Factory.class).products).isZero();
            assertThat(context.getBean("plugins", ExtensionCapability.class).poll())
                    .isNull();
        });
    }
}
