package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.core.SupplierUtils;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Measures Resilience4j's circuit breaker with its default settings: decorated once, which is its fastest way, and by
 * annotation with its starter. A breaker that only sees panics would open. This one only counts, as our guard does in
 * {@link PanicBenchmark}. A breaker that is open is compared with our quarantine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Resilience4jBenchmark {

    private static void countOnly(io.github.resilience4j.circuitbreaker.CircuitBreaker breaker) {
        breaker.transitionToMetricsOnlyState();
    }

    private static void open(io.github.resilience4j.circuitbreaker.CircuitBreaker breaker) {
        breaker.transitionToOpenStateFor(Duration.ofHours(1));
    }

    private static void checkCounts(CircuitBreakerRegistry registry) {
        Work.check(
                registry.circuitBreaker("ready").getMetrics().getNumberOfSuccessfulCalls() == 1,
                "the call is not counted");
        Work.check(
                registry.circuitBreaker("panicking").getMetrics().getNumberOfFailedCalls() == 1,
                "the panic is not counted");
        Work.check(
                registry.circuitBreaker("rejected").getMetrics().getNumberOfNotPermittedCalls() == 1,
                "the call is not rejected");
    }

    /** Holds suppliers that are decorated once. */
    @State(Scope.Benchmark)
    public static class Decorated {

        private Supplier<@Nullable StepEvent> ready;
        private Supplier<@Nullable StepEvent> panicking;
        private Supplier<@Nullable StepEvent> rejected;

        @Setup(Level.Trial)
        public void prepare() {
            CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
            countOnly(registry.circuitBreaker("panicking"));
            open(registry.circuitBreaker("rejected"));
            ready = decorate(registry, "ready", new Work.Ready("ready"));
            panicking = SupplierUtils.recover(
                    decorate(registry, "panicking", new Work.Panicking("panicking")), thrown -> null);
            rejected = SupplierUtils.recover(
                    decorate(registry, "rejected", new Work.Ready("rejected")),
                    CallNotPermittedException.class,
                    thrown -> null);
            Work.check(ready.get() == Work.EVENT, "the event gets lost");
            Work.check(panicking.get() == null && rejected.get() == null, "there is an event");
            checkCounts(registry);
        }

        private static Supplier<@Nullable StepEvent> decorate(
                CircuitBreakerRegistry registry, String name, ExtensionCapability extension) {
            return io.github.resilience4j.circuitbreaker.CircuitBreaker.decorateSupplier(
                    registry.circuitBreaker(name), extension::poll);
        }
    }

    /** Holds beans with annotated methods. */
    @State(Scope.Benchmark)
    public static class Annotated {

        private ConfigurableApplicationContext context;
        private ExtensionCapability ready;
        private ExtensionCapability panicking;
        private ExtensionCapability rejected;

        @Setup(Level.Trial)
        public void prepare() {
            context = Contexts.start(Extensions.class, "safe.enabled=false");
            CircuitBreakerRegistry registry = context.getBean(CircuitBreakerRegistry.class);
            countOnly(registry.circuitBreaker("panicking"));
            open(registry.circuitBreaker("rejected"));
            ready = advised("ready");
            panicking = advised("panicking");
            rejected = advised("rejected");
            Work.check(ready.poll() == Work.EVENT, "the event gets lost");
            Work.check(panicking.poll() == null && rejected.poll() == null, "there is an event");
            checkCounts(registry);
        }

        private ExtensionCapability advised(String bean) {
            return Contexts.advisedBy(
                    context, bean, advisor -> advisor.toString().contains("CircuitBreakerAspect"));
        }

        @TearDown(Level.Trial)
        public void close() {
            context.close();
        }
    }

    @Benchmark
    public @Nullable StepEvent decorated(Decorated suppliers) {
        return suppliers.ready.get();
    }

    @Benchmark
    public @Nullable StepEvent decoratedPanic(Decorated suppliers) {
        return suppliers.panicking.get();
    }

    @Benchmark
    public @Nullable StepEvent decoratedRejected(Decorated suppliers) {
        return suppliers.rejected.get();
    }

    @Benchmark
    public @Nullable StepEvent annotated(Annotated beans) {
        return beans.ready.poll();
    }

    @Benchmark
    public @Nullable StepEvent annotatedPanic(Annotated beans) {
        return beans.panicking.poll();
    }

    @Benchmark
    public @Nullable StepEvent annotatedRejected(Annotated beans) {
        return beans.rejected.poll();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Extensions {

        @Bean
        Ready ready() {
            return new Ready();
        }

        @Bean
        Panicking panicking() {
            return new Panicking();
        }

        @Bean
        Rejected rejected() {
            return new Rejected();
        }
    }

    static class Ready extends Work.Ready {

        Ready() {
            super("ready");
        }

        @Override
        @CircuitBreaker(name = "ready", fallbackMethod = "none")
        public @Nullable StepEvent poll() {
            return super.poll();
        }

        public @Nullable StepEvent none(Throwable thrown) {
            return null;
        }
    }

    static class Panicking extends Work.Panicking {

        Panicking() {
            super("panicking");
        }

        @Override
        @CircuitBreaker(name = "panicking", fallbackMethod = "none")
        public @Nullable StepEvent poll() {
            return super.poll();
        }

        public @Nullable StepEvent none(Throwable thrown) {
            return null;
        }
    }

    static class Rejected extends Work.Ready {

        Rejected() {
            super("rejected");
        }

        @Override
        @CircuitBreaker(name = "rejected", fallbackMethod = "none")
        public @Nullable StepEvent poll() {
            return super.poll();
        }

        public @Nullable StepEvent none(Throwable thrown) {
            return null;
        }
    }
}
