package dev.safe.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeEndpointAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeHealthAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeMetricsAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class ExtensionMetersTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    SafeAutoConfiguration.class,
                    SafeMetricsAutoConfiguration.class,
                    SafeEndpointAutoConfiguration.class,
                    SafeHealthAutoConfiguration.class))
            .withUserConfiguration(Host.class);

    private final ApplicationContextRunner metered = runner.withConfiguration(AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class));

    static class Failing implements ExtensionCapability {
        @Override
        public String name() {
            return "a";
        }

        @Override
        public void setup(SetupEnv env) throws IOException {
            throw new IOException("port taken");
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Host {
        @Bean
        static Failing failing() {
            return new Failing();
        }
    }

    private static double count(MeterRegistry registry, String meter, String phase) {
        return registry.get("safe.extension." + meter)
                .tags("extension", "a", "phase", phase)
                .counter()
                .count();
    }

    @Test
    void shouldRegisterEveryMeterAtZero() {
        metered.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            for (Phase phase : Phase.values()) {
                for (String meter : new String[] {"panics", "errors", "rejected", "quarantines", "overruns"}) {
                    assertThat(count(registry, meter, phase.tag())).isZero();
                }
                for (String gauge : new String[] {"quarantined", "stuck"}) {
                    assertThat(registry.get("safe.extension." + gauge)
                                    .tags("extension", "a", "phase", phase.tag())
                                    .gauge()
                                    .value())
                            .isZero();
                }
            }
            assertThat(registry.find("safe.extension.calls").timer()).isNull();
        });
    }

    @Test
    void shouldCountExactly() {
        metered.withPropertyValues("safe.metrics.timers=true").run(context -> {
            Failing extension = context.getBean(Failing.class);
            for (int i = 0; i < 8; i++) {
                extension.poll();
            }
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> extension.setup(new SetupEnv("cell", Path.of("storage"), Map.of()))))
                    .isExactlyInstanceOf(IOException.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(count(registry, "panics", "poll")).isEqualTo(5);
            assertThat(count(registry, "rejected", "poll")).isEqualTo(3);
            assertThat(count(registry, "quarantines", "poll")).isOne();
            assertThat(count(registry, "errors", "setup")).isOne();
            assertThat(count(registry, "panics", "setup")).isZero();
            assertThat(registry.get("safe.extension.calls")
                            .tags("extension", "a", "phase", "poll")
                            .timer()
                            .count())
                    .isEqualTo(5);
        });
    }

    @Test
    void shouldRemoveTheMetersOfARemovedExtension() {
        metered.run(context -> {
            context.getBean(ExtensionGuard.class).remove("a");
            assertThat(context.getBean(MeterRegistry.class)
                            .find("safe.extension.panics")
                            .meters())
                    .isEmpty();
        });
    }

    static class Meddler implements BeanPostProcessor {}

    @Configuration(proxyBeanMethods = false)
    static class Meddling {
        @Bean
        static Meddler meddler(ExtensionCapability extension) {
            extension.poll(); // Before there is any registry.
            return new Meddler();
        }

        @Bean
        MeterRegistryCustomizer<MeterRegistry> region() {
            return registry -> registry.config().commonTags("region", "north");
        }
    }

    @Test
    void shouldNotCreateTheRegistryEarlyAndCatchUpOnWhatWasCounted(CapturedOutput output) {
        metered.withUserConfiguration(Meddling.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(MeterRegistry.class)
                            .get("safe.extension.panics")
                            .tags("extension", "a", "phase", "poll", "region", "north")
                            .counter()
                            .count())
                    .isOne();
            assertThat(output).doesNotContain("is not eligible for getting processed by all BeanPostProcessors");
            assertThat(context.getBeanFactory().getBeanDefinition("failing").getRole())
                    .isEqualTo(BeanDefinition.ROLE_APPLICATION);
        });
    }

    @Test
    void shouldContainWhenAMeterFilterThrows() {
        runner.withBean(MeterRegistry.class, () -> {
                    SimpleMeterRegistry registry = new SimpleMeterRegistry();
                    registry.config().meterFilter(MeterFilter.accept(id -> {
                        throw new IllegalStateException("filter");
                    }));
                    return registry;
                })
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(Failing.class).poll()).isNull();
                });
    }
}
