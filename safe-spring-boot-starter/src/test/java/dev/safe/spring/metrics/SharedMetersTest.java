package dev.safe.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeMetricsAutoConfiguration;
import dev.safe.spring.testing.Panicking;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.GenericApplicationContext;

/** Each panic is counted once in each registry, whichever contexts share the guard, the registry, or both. */
class SharedMetersTest {

    private final ApplicationContextRunner safe = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class, SafeAutoConfiguration.class, SafeMetricsAutoConfiguration.class));

    private final ApplicationContextRunner metered = safe.withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class))
            .withPropertyValues("safe.metrics.timers=true");

    private static double panics(MeterRegistry registry, String extension) {
        return registry.get("safe.extension.panics")
                .tags("extension", extension, "phase", "poll")
                .counter()
                .count();
    }

    private static long calls(MeterRegistry registry, String extension) {
        return registry.get("safe.extension.calls")
                .tags("extension", extension, "phase", "poll")
                .timer()
                .count();
    }

    @Test
    void shouldCountOnceWhereAChildHasTheRegistryOfItsParent() {
        metered.withBean("parents", ExtensionCapability.class, () -> new Panicking("parents"))
                .run(parent -> {
                    MeterRegistry registry = parent.getBean(MeterRegistry.class);
                    metered.withParent(parent)
                            .withBean("childs", ExtensionCapability.class, () -> new Panicking("childs"))
                            .run(child -> {
                                assertThat(child.getBean(MeterRegistry.class)).isSameAs(registry);
                                parent.getBean("parents", ExtensionCapability.class)
                                        .poll();
                                child.getBean("childs", ExtensionCapability.class)
                                        .poll();
                                assertThat(panics(registry, "parents")).isOne();
                                assertThat(panics(registry, "childs")).isOne();
                                assertThat(calls(registry, "parents")).isOne();
                                assertThat(calls(registry, "childs")).isOne();
                            });
                    parent.getBean("parents", ExtensionCapability.class).poll();
                    assertThat(panics(registry, "parents")).isEqualTo(2);
                    assertThat(calls(registry, "parents")).isEqualTo(2);
                    assertThat(registry.find("safe.extension.panics")
                                    .tag("extension", "childs")
                                    .meters())
                            .isEmpty();
                });
    }

    /** Boot then makes a composite of both for the child. */
    @Test
    void shouldCountOnceInEachWhereAChildHasARegistryOfItsOwn() {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        metered.withBean("parents", ExtensionCapability.class, () -> new Panicking("parents"))
                .run(parent -> {
                    MeterRegistry parents = parent.getBean(MeterRegistry.class);
                    metered.withParent(parent)
                            .withBean("own", MeterRegistry.class, () -> own)
                            .withBean("childs", ExtensionCapability.class, () -> new Panicking("childs"))
                            .run(child -> {
                                assertThat(child.getBean(MeterRegistry.class))
                                        .isInstanceOf(CompositeMeterRegistry.class);
                                parent.getBean("parents", ExtensionCapability.class)
                                        .poll();
                                child.getBean("childs", ExtensionCapability.class)
                                        .poll();
                                for (String extension : new String[] {"parents", "childs"}) {
                                    assertThat(panics(parents, extension)).isOne();
                                    assertThat(panics(own, extension)).isOne();
                                    assertThat(calls(parents, extension)).isOne();
                                    assertThat(calls(own, extension)).isOne();
                                }
                            });
                    parent.getBean("parents", ExtensionCapability.class).poll();
                    assertThat(panics(parents, "parents")).isEqualTo(2);
                    assertThat(panics(own, "parents")).as("closed").isOne();
                });
    }

    /** Without Boot's composite. */
    @Test
    void shouldCountOnceInEachWhereNoRegistryIsPrimary() {
        SimpleMeterRegistry parents = new SimpleMeterRegistry();
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        safe.withBean("parentsRegistry", MeterRegistry.class, () -> parents)
                .withBean("parents", ExtensionCapability.class, () -> new Panicking("parents"))
                .run(parent -> safe.withParent(parent)
                        .withBean("ownRegistry", MeterRegistry.class, () -> own)
                        .run(child -> {
                            assertThat(child).hasNotFailed();
                            parent.getBean("parents", ExtensionCapability.class).poll();
                            assertThat(panics(parents, "parents")).isOne();
                            assertThat(panics(own, "parents")).isOne();
                        }));
    }

    /** The second one goes on after the first one is closed. */
    @Test
    void shouldCountOnceWhereTwoChildrenShareWhatAPlainParentHas() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ExtensionGuard guard = ExtensionGuard.builder().timers(true).build();
        ApplicationContextRunner child = safe.withPropertyValues("safe.metrics.timers=true");
        try (GenericApplicationContext plain = new GenericApplicationContext()) {
            plain.getBeanFactory().registerSingleton("guard", guard);
            plain.getBeanFactory().registerSingleton("registry", registry);
            plain.refresh();
            Panicking loose = new Panicking("loose");
            child.withParent(plain).run(second -> {
                child.withParent(plain).run(first -> {
                    guard.callPoll(loose);
                    assertThat(panics(registry, "loose")).isOne();
                    assertThat(calls(registry, "loose")).isOne();
                });
                guard.callPoll(loose);
                assertThat(panics(registry, "loose")).isEqualTo(2);
                assertThat(calls(registry, "loose")).isEqualTo(2);
            });
        }
    }
}
