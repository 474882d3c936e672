package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** Spring puts its own advice in front of all other advice. What it throws is still contained. */
@Timeout(60)
class OutermostAdviceTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class));

    static class AsyncExtension implements ExtensionCapability {

        final CountDownLatch finalized = new CountDownLatch(1);

        @Override
        public String name() {
            return "async";
        }

        /** Spring does not allow an asynchronous method to return this type. */
        @Async
        @Override
        public @Nullable StepEvent poll() {
            return null;
        }

        @Async
        @Override
        public void finalizeStep(long id) {
            finalized.countDown();
            throw new IllegalStateException("boom");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class WithThreads {

        @Bean
        AsyncExtension extension() {
            return new AsyncExtension();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class WithoutRoom {

        @Bean
        AsyncExtension extension() {
            return new AsyncExtension();
        }

        @Bean
        TaskExecutor taskExecutor() {
            return task -> {
                throw new TaskRejectedException("full");
            };
        }
    }

    @Test
    void shouldContainWhatOtherAdviceThrows() {
        runner.withUserConfiguration(WithoutRoom.class).run(context -> {
            ExtensionCapability extension = context.getBean(ExtensionCapability.class);
            assertThat(extension.poll()).isNull();
            extension.finalizeStep(1);
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            assertThat(guard.snapshot("async").orElseThrow().phase(Phase.POLL).panics())
                    .isOne();
            assertThat(guard.snapshot("async")
                            .orElseThrow()
                            .phase(Phase.FINALIZE)
                            .panics())
                    .isOne();
        });
    }

    @Test
    void shouldCountWhatPanicsOnAnotherThread() {
        runner.withUserConfiguration(WithThreads.class).run(context -> {
            AsyncExtension extension = context.getBean(AsyncExtension.class);
            extension.finalizeStep(1);
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (guard.snapshot("async").orElseThrow().phase(Phase.FINALIZE).panics() == 0
                    && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(guard.snapshot("async")
                            .orElseThrow()
                            .phase(Phase.FINALIZE)
                            .panics())
                    .isOne();
        });
    }
}
