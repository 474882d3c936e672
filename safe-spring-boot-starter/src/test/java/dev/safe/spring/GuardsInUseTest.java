package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.Phase;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.support.GenericApplicationContext;

class GuardsInUseTest {

    record Named(String name) implements ExtensionCapability {}

    static class Panicking implements ExtensionCapability {

        @Override
        public String name() {
            return "late";
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

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
                    assertThat(GuardsInUse.guardOf(loose)).isSameAs(guard);
                });
    }

    @Test
    void shouldContainTheBeansOfAChildWithTheGuardThatIsItsOwn() {
        runner.run(parent -> runner.withParent(parent)
                .withBean("guard", ExtensionGuard.class, ExtensionGuard::ofDefaults)
                .withBean("childs", ExtensionCapability.class, () -> new Named("childs"))
                .run(child -> {
                    child.getBean("childs", ExtensionCapability.class).poll();
                    assertThat(parent.getBean(ExtensionGuard.class).snapshots()).isEmpty();
                    assertThat(child.getBean("guard", ExtensionGuard.class).snapshots())
                            .singleElement()
                            .satisfies(
                                    extension -> assertThat(extension.state()).isEqualTo(ExtensionState.RUNNING));
                }));
    }

    /** By then the context cannot provide its guard any more. */
    @Test
    void shouldContainWithTheGuardOfTheContextABeanThatIsFirstCalledOnceThatIsClosed() {
        runner.run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            GenericApplicationContext open = (GenericApplicationContext) context.getSourceApplicationContext();
            open.registerBean("late", Panicking.class);
            ExtensionCapability late = open.getBean("late", ExtensionCapability.class);
            open.close();
            assertThat(late.poll()).isNull();
            assertThat(guard.snapshot("late").orElseThrow().phase(Phase.POLL).panics())
                    .isEqualTo(1);
        });
    }
}
