package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.PhaseSnapshot;
import dev.safe.StepEvent;
import dev.safe.spring.ExtensionAdvisor;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.aop.Advisor;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ReflectionUtils;

/**
 * Measures extension beans of a Boot application that has only the starter. Work and proxies are those of {@link
 * SpringLimitBenchmark}. The policies are those of {@link CallBenchmark} and {@link PanicBenchmark}, as properties.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AdvisedBenchmark {

    /** Holds a context with an extension that succeeds and one that panics. */
    public abstract static class Beans {

        private static final Method POLL = Objects.requireNonNull(
                ReflectionUtils.findMethod(ExtensionCapability.class, "poll"), "the entry point");

        private ConfigurableApplicationContext context;
        ExtensionCapability ready;
        ExtensionCapability panicking;

        void start(String... properties) {
            context = Contexts.start(Extensions.class, properties);
            ready = Contexts.advisedBy(context, "ready", Beans::isOurs);
            panicking = Contexts.advisedBy(context, "panicking", Beans::isOurs);
            Work.check(ready.poll() == Work.EVENT, "the event gets lost");
            Work.check(panicking.poll() == null, "the panic is not contained");
            Work.check(poll("panicking").panics() == 1, "the panic is not counted");
        }

        private static boolean isOurs(Advisor advisor) {
            return advisor instanceof ExtensionAdvisor entryPoint && entryPoint.matches(POLL, Work.Ready.class);
        }

        ExtensionGuard guard() {
            return context.getBean(ExtensionGuard.class);
        }

        PhaseSnapshot poll(String extension) {
            return guard().snapshot(extension).orElseThrow().phases().get(Phase.POLL);
        }

        @TearDown(Level.Trial)
        public void close() {
            context.close();
        }
    }

    /** Calls extensions that succeed. */
    @State(Scope.Benchmark)
    public static class Succeeding extends Beans {

        @Param
        public Watch watch = Watch.PLAIN;

        @Setup(Level.Trial)
        public void prepare() {
            start(
                    "safe.phases.poll.quarantine.enabled=" + (watch == Watch.QUARANTINE),
                    "safe.phases.poll.budget.limit=" + (watch == Watch.BUDGET ? "1s" : "0s"),
                    "safe.phases.poll.budget.on-overrun=" + (watch == Watch.BUDGET ? "interrupt" : "report"),
                    "safe.metrics.timers=" + (watch == Watch.TIMERS));
        }
    }

    /** Calls extensions that panic or are in quarantine. */
    @State(Scope.Benchmark)
    public static class Failing extends Beans {

        @Setup(Level.Trial)
        public void prepare() {
            start("safe.phases.poll.quarantine.enabled=false", "safe.phases.poll.log.burst=0");
            guard().quarantine("ready", Phase.POLL, "to be measured");
            Work.check(ready.poll() == null && poll("ready").rejected() == 1, "the call is not rejected");
        }
    }

    @Benchmark
    public @Nullable StepEvent advised(Succeeding beans) {
        return beans.ready.poll();
    }

    @Benchmark
    public @Nullable StepEvent suppressedPanic(Failing beans) {
        return beans.panicking.poll();
    }

    @Benchmark
    public @Nullable StepEvent rejected(Failing beans) {
        return beans.ready.poll();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({SafeAutoConfiguration.class, AopAutoConfiguration.class})
    static class Extensions {

        @Bean
        Work.Ready ready() {
            return new Work.Ready("ready");
        }

        @Bean
        Work.Panicking panicking() {
            return new Work.Panicking("panicking");
        }
    }
}
