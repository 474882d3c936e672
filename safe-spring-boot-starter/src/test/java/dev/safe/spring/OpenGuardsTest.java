package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class OpenGuardsTest {

    record Named(String name) implements ExtensionCapability {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class));

    @Test
    void shouldKeepTheGuardThatAClosedContextHadFromItsParent() {
        ExtensionCapability loose = new Named("loose");
        runner.withBean("parents", ExtensionCapability.class, () -> new Named("parents"))
                .run(parent -> {
                    ExtensionGuard guard = parent.getBean(ExtensionGuard.class);
                    runner.withParent(parent)
                            .withBean("childs", ExtensionCapability.class, () -> new Named("childs"))
                            .run(child -> assertThat(child.getBean(ExtensionGuard.class))
                                    .isSameAs(guard));
                    assertThat(OpenGuards.guardOf(loose)).isSameAs(guard);
                });
    }
}
