package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.safe.ErrorReport;
import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.Phase;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Checked exceptions that the method of a class does not declare. A proxy of the class wraps them, once for each
 * interceptor of the bean.
 */
class UndeclaredErrorsTest {

    private static final SetupEnv ENV = new SetupEnv("cell", Path.of("."), Map.of());

    private final IOException failure = new IOException("port 53 is taken");

    private final ApplicationContextRunner host = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class));

    /** Throws from methods that declare nothing. */
    static class Silent implements ExtensionCapability {

        private final @Nullable Throwable failure;

        Silent() {
            this(null);
        }

        Silent(@Nullable Throwable failure) {
            this.failure = failure;
        }

        @Override
        public String name() {
            return "silent";
        }

        @Override
        public void setup(SetupEnv env) {
            sneak();
        }

        @Override
        public @Nullable StepEvent poll() {
            sneak();
            return null;
        }

        @Override
        public void teardown(TeardownContext context) {
            sneak();
        }

        private void sneak() {
            if (failure != null) {
                throw Silent.<RuntimeException>undeclared(failure);
            }
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> X undeclared(Throwable thrown) throws X {
            throw (X) thrown;
        }
    }

    @Test
    void shouldCountWhatSetupReturnsAsAnErrorOfItsOwnType() {
        host.withBean("silent", Silent.class, () -> new Silent(failure)).run(context -> {
            Silent silent = context.getBean(Silent.class);
            Throwable thrown = catchThrowable(() -> silent.setup(ENV));
            assertThat(thrown)
                    .isExactlyInstanceOf(UndeclaredThrowableException.class)
                    .cause()
                    .isSameAs(failure);
            assertIsOneError(context.getBean(ExtensionGuard.class), Phase.SETUP);
        });
    }

    @Test
    void shouldPassTheVeryErrorOnToAHostThatCallsThroughTheGuard() {
        host.withBean("silent", Silent.class, () -> new Silent(failure)).run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            Silent silent = context.getBean(Silent.class);
            assertThat(catchThrowable(() -> guard.callSetup(silent, ENV))).isSameAs(failure);
            assertIsOneError(guard, Phase.SETUP);
        });
    }

    @Test
    void shouldSwallowWhatTeardownReturns() {
        host.withBean("silent", Silent.class, () -> new Silent(failure)).run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            guard.callTeardown(context.getBean(Silent.class), new TeardownContext(Instant.now()));
            assertIsOneError(guard, Phase.TEARDOWN);
        });
    }

    private static void assertIsOneError(ExtensionGuard guard, Phase phase) {
        ExtensionSnapshot snapshot = guard.snapshot("silent").orElseThrow();
        assertThat(snapshot.phase(phase).errors()).isOne();
        assertThat(snapshot.phase(phase).panics()).isZero();
        assertThat(snapshot.lastError())
                .extracting(ErrorReport::error)
                .isEqualTo("java.io.IOException: port 53 is taken");
    }
}
