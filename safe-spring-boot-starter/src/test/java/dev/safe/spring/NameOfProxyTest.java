package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What a host's loop gets if it asks an extension bean for its name. */
class NameOfProxyTest {

    /** Returns its name once. A loop that asks again would be taken down. */
    static class Forgetful implements ExtensionCapability {

        final AtomicInteger asked = new AtomicInteger();

        @Override
        public String name() {
            if (asked.incrementAndGet() > 1) {
                throw new IllegalStateException("no name");
            }
            return "forgetful";
        }
    }

    /** Never has a name. */
    static final class Nameless implements ExtensionCapability {

        @Override
        public String name() {
            throw new IllegalStateException("no name");
        }
    }

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class));

    @ParameterizedTest
    @ValueSource(strings = {"singleton", "prototype"})
    void shouldBeTheNameThatTheExtensionIsKnownBy(String scope) {
        Forgetful forgetful = new Forgetful();
        runner.withBean("first", ExtensionCapability.class, () -> forgetful, bean -> bean.setScope(scope))
                .withBean("second", ExtensionCapability.class, Nameless::new, bean -> bean.setScope(scope))
                .run(context -> {
                    ExtensionCapability first = context.getBean("first", ExtensionCapability.class);
                    ExtensionCapability second = context.getBean("second", ExtensionCapability.class);
                    for (int step = 0; step < 3; step++) {
                        assertThat(first.name()).isEqualTo("forgetful");
                        assertThat(second.name()).isEqualTo("second");
                    }
                    assertThat(forgetful.asked).hasValue(1);
                    assertThat(context.getBean(ExtensionGuard.class)
                                    .snapshot("second")
                                    .orElseThrow()
                                    .phase(Phase.SETUP)
                                    .panics())
                            .isOne();
                });
    }
}
