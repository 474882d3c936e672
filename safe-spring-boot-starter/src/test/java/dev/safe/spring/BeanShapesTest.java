package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

/** Contains the panic of a bean of every shape, and reads its name once. */
class BeanShapesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class))
            .withInitializer(context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope()))
            .withPropertyValues("safe.unguarded=fail");

    static StepEvent boom() {
        throw new NoClassDefFoundError("com/acme/Gone");
    }

    public static class Plain implements ExtensionCapability {

        private int names;

        @Override
        public String name() {
            names++;
            return names == 1 ? "shape" : "shape.read." + names + ".times";
        }

        @Override
        public @Nullable StepEvent poll() {
            return boom();
        }
    }

    static class PackagePrivate extends Plain {}

    static final class Final extends Plain {}

    static class FinalMethod extends Plain {
        @Override
        public final @Nullable StepEvent poll() {
            return boom();
        }
    }

    record Recorded(String name) implements ExtensionCapability {
        @Override
        public @Nullable StepEvent poll() {
            return boom();
        }
    }

    static class PrivateConstructor extends Plain {
        private PrivateConstructor() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Shapes {

        @Bean
        @Lazy
        Plain plain() {
            return new Plain();
        }

        @Bean
        @Lazy
        PackagePrivate packagePrivate() {
            return new PackagePrivate();
        }

        @Bean
        @Lazy
        ExtensionCapability finalClass() {
            return new Final();
        }

        @Bean
        @Lazy
        Final finalClassDeclared() {
            return new Final();
        }

        @Bean
        @Lazy
        FinalMethod finalMethod() {
            return new FinalMethod();
        }

        @Bean
        @Lazy
        Recorded recorded() {
            return new Recorded("shape");
        }

        @Bean
        @Lazy
        ExtensionCapability privateConstructor() {
            return new PrivateConstructor();
        }

        @Bean
        @Scope("prototype")
        Plain prototype() {
            return new Plain();
        }

        @Bean
        @Scope(value = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Plain scoped() {
            return new Plain();
        }

        @Bean
        @Lazy
        FactoryBean<ExtensionCapability> manufactured() {
            return new FactoryBean<>() {
                @Override
                public ExtensionCapability getObject() {
                    return new Final();
                }

                @Override
                public Class<?> getObjectType() {
                    return ExtensionCapability.class;
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "packagePrivate",
                "finalClass",
                "finalClassDeclared",
                "finalMethod",
                "recorded",
                "privateConstructor",
                "prototype",
                "scoped",
                "manufactured"
            })
    void shouldContainABeanOfAnyShape(String bean) {
        runner.withUserConfiguration(Shapes.class).run(context -> {
            ExtensionCapability extension = context.getBean(bean, ExtensionCapability.class);
            assertThat(extension.poll()).isNull();
            assertThat(extension.poll()).isNull();
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            assertThat(guard.snapshots()).hasSize(1);
            assertThat(guard.snapshot("shape").orElseThrow().phase(Phase.POLL).panics())
                    .isEqualTo(2);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "prototype", "finalClass", "manufactured"})
    void shouldReadTheNameOfALazyBeanOnceWhereTheGuardIsHandedTheBean(String bean) {
        runner.withUserConfiguration(Shapes.class).run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            assertThat(guard.callPoll(context.getBean(bean, ExtensionCapability.class)))
                    .isNull();
            assertThat(guard.snapshots()).hasSize(1);
            assertThat(panics(guard, "shape")).isOne();
        });
    }

    @Test
    void shouldContainALambda() {
        runner.withBean("lambda", ExtensionCapability.class, () -> () -> "noop").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(ExtensionCapability.class).poll()).isNull();
            assertThat(context.getBean(ExtensionGuard.class)
                            .snapshot("noop")
                            .orElseThrow()
                            .state())
                    .hasToString("RUNNING");
        });
    }

    @Aspect
    static class OtherAspect {
        @Around("execution(* dev.safe.ExtensionCapability.poll(..))")
        @Nullable Object fail(ProceedingJoinPoint call) {
            throw new IllegalStateException("no transaction");
        }
    }

    @Test
    void shouldContainWhatAnotherAspectThrows() {
        runner.withBean(OtherAspect.class)
                .withBean("a", ExtensionCapability.class, () -> () -> "a")
                .run(context -> {
                    assertThat(context.getBean(ExtensionCapability.class).poll())
                            .isNull();
                    assertThat(panics(context.getBean(ExtensionGuard.class), "a"))
                            .isOne();
                });
    }

    @Aspect
    static class ConfusedAspect {
        @Around("execution(* dev.safe.ExtensionCapability.poll(..))")
        @Nullable Object confuse(ProceedingJoinPoint call) {
            return "no event";
        }
    }

    @Test
    void shouldContainWhatAnotherAspectReturnsThatIsNoEvent() {
        runner.withBean(ConfusedAspect.class).withBean(Plain.class).run(context -> {
            assertThat(context.getBean(Plain.class).poll()).isNull();
            assertThat(panics(context.getBean(ExtensionGuard.class), "shape")).isOne();
        });
    }

    static class Meddler implements BeanPostProcessor {
        final ExtensionCapability extension;

        Meddler(ExtensionCapability extension) {
            this.extension = extension;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Meddling {
        @Bean
        static Plain plain() {
            return new Plain();
        }

        @Bean
        static Meddler meddler(ExtensionCapability extension) {
            return new Meddler(extension);
        }
    }

    @Test
    void shouldContainABeanThatAPostProcessorInjects() {
        runner.withUserConfiguration(Meddling.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(Meddler.class).extension.poll()).isNull();
            assertThat(panics(context.getBean(ExtensionGuard.class), "shape")).isOne();
        });
    }

    @Test
    void shouldCountOnceWhenAnAdvisedBeanIsHandedToTheGuard() {
        runner.withBean(Plain.class).run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            assertThat(guard.callPoll(context.getBean(Plain.class))).isNull();
            assertThat(guard.guarded(context.getBean(Plain.class)).poll()).isNull();
            assertThat(guard.snapshots()).hasSize(1);
            assertThat(panics(guard, "shape")).isEqualTo(2);
        });
    }

    @Test
    void shouldShowTheExtensionsOwnFramesOnly() {
        runner.withBean(Plain.class).run(context -> {
            context.getBean(Plain.class).poll();
            assertThat(context.getBean(ExtensionGuard.class)
                            .snapshot("shape")
                            .orElseThrow()
                            .phase(Phase.POLL)
                            .recentPanics()
                            .get(0)
                            .frames())
                    .hasSize(2)
                    .allSatisfy(frame -> assertThat(frame).startsWith("dev.safe.spring.BeanShapesTest"));
        });
    }

    @Test
    void shouldFailWhereNoAdviceReachesAnExtension() {
        runner.withPropertyValues("spring.aop.auto=false").withBean(Plain.class).run(context -> assertThat(context)
                .getFailure()
                .isInstanceOf(UnguardedExtensionException.class)
                .hasMessageContaining("is not contained: no advice reaches it"));
        runner.withPropertyValues("spring.aop.auto=false")
                .withUserConfiguration(Shapes.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(UnguardedExtensionException.class)
                        .hasMessageContaining("is not contained: no advice reaches it"));
        runner.withInitializer(context -> context.getBeanFactory().registerSingleton("manual", new Plain()))
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessage("extension bean 'manual' of type " + Plain.class.getName()
                                + " is not contained: no advice reaches it"));
    }

    @Test
    void shouldRefuseTwoBeansOfOneName() {
        runner.withBean("one", ExtensionCapability.class, () -> () -> "same")
                .withBean("two", ExtensionCapability.class, () -> () -> "same")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(DuplicateExtensionException.class)
                        .hasMessage("beans 'one' and 'two' are both named \"same\""));
    }

    @Test
    void shouldRefuseABadName() {
        runner.withBean("bad", ExtensionCapability.class, () -> () -> "no spaces")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidExtensionNameException.class)
                        .hasMessageContaining("must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got \"no spaces\""));
    }

    @Test
    void shouldGiveABeanWhoseNameThrowsTheNameOfItsBean() {
        runner.withBean("nameless", ExtensionCapability.class, () -> () -> {
                    throw new IllegalStateException("no name today");
                })
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ExtensionGuard.class)
                                    .snapshot("nameless")
                                    .orElseThrow()
                                    .state())
                            .hasToString("FAILED");
                });
    }

    @Test
    void shouldBackOffWhenDisabledOrWhenThereIsAnotherGuard() {
        runner.withPropertyValues("safe.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ExtensionGuard.class));
        ExtensionGuard own = ExtensionGuard.ofDefaults();
        runner.withBean(ExtensionGuard.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(ExtensionGuard.class).isSameAs(own));
    }

    private static long panics(ExtensionGuard guard, String extension) {
        return guard.snapshot(extension).orElseThrow().phase(Phase.POLL).panics();
    }
}
