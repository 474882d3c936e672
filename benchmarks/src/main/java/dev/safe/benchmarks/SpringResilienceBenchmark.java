package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/**
 * Measures Spring's own retries, and a concurrency limit that is never reached. Measures only calls that succeed, since
 * neither has a fallback that suppresses a panic.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class SpringResilienceBenchmark {

    private ConfigurableApplicationContext context;
    private ExtensionCapability retryable;
    private ExtensionCapability limited;

    @Setup(Level.Trial)
    public void prepare() {
        context = Contexts.start(Extensions.class);
        retryable = advised("retryable", "RetryAnnotationInterceptor");
        limited = advised("limited", "ConcurrencyLimitInterceptor");
        Work.check(retryable() == Work.EVENT && concurrencyLimit() == Work.EVENT, "the event gets lost");
        Work.check(advised("flaky", "RetryAnnotationInterceptor").poll() == Work.EVENT, "there is no retry");
    }

    private ExtensionCapability advised(String bean, String interceptor) {
        return Contexts.advisedBy(
                context,
                bean,
                advisor -> advisor.getAdvice().getClass().getSimpleName().equals(interceptor));
    }

    @TearDown(Level.Trial)
    public void close() {
        context.close();
    }

    @Benchmark
    public @Nullable StepEvent retryable() {
        return retryable.poll();
    }

    @Benchmark
    public @Nullable StepEvent concurrencyLimit() {
        return limited.poll();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    @ImportAutoConfiguration(AopAutoConfiguration.class)
    static class Extensions {

        @Bean
        Retried retryable() {
            return new Retried();
        }

        @Bean
        Flaky flaky() {
            return new Flaky();
        }

        @Bean
        Limited limited() {
            return new Limited();
        }
    }

    static class Retried extends Work.Ready {

        Retried() {
            super("retryable");
        }

        @Override
        @Retryable
        public @Nullable StepEvent poll() {
            return super.poll();
        }
    }

    /** Fails once, to show that there are retries. */
    static class Flaky extends Work.Ready {

        private boolean failed;

        Flaky() {
            super("flaky");
        }

        @Override
        @Retryable(delay = 1)
        public @Nullable StepEvent poll() {
            if (!failed) {
                failed = true;
                throw Work.Panic.INSTANCE;
            }
            return super.poll();
        }
    }

    static class Limited extends Work.Ready {

        Limited() {
            super("limited");
        }

        @Override
        @ConcurrencyLimit(64)
        public @Nullable StepEvent poll() {
            return super.poll();
        }
    }
}
