package dev.safe.benchmarks;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.StepEvent;
import java.io.File;
import java.util.Arrays;
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
import org.springframework.aop.support.AopUtils;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures the beans of {@link AdvisedBenchmark}, woven by AspectJ's agent instead of proxied. {@link Main} runs it
 * with the agent.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class WovenBenchmark {

    private ConfigurableApplicationContext context;
    private ExtensionCapability ready;
    private ExtensionCapability rejected;

    static String[] agent() {
        String weaver = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> new File(entry).getName().startsWith("aspectjweaver"))
                .findFirst()
                .orElseThrow();
        return new String[] {"-javaagent:" + weaver, "-Dorg.aspectj.weaver.loadtime.configuration=META-INF/safe-aop.xml"
        };
    }

    @Setup(Level.Trial)
    public void prepare() {
        context = Contexts.start(AdvisedBenchmark.Extensions.class, "safe.phases.poll.quarantine.enabled=false");
        ready = Contexts.extension(context, "ready");
        ExtensionCapability panicking = Contexts.extension(context, "panicking");
        rejected = new Work.Ready("rejected");
        ExtensionGuard guard = context.getBean(ExtensionGuard.class);
        Work.check(!AopUtils.isAopProxy(ready) && !AopUtils.isAopProxy(panicking), "the beans are proxied");
        Work.check(ready.poll() == Work.EVENT && rejected.poll() == Work.EVENT, "the event gets lost");
        Work.check(panicking.poll() == null, "the panic is not contained");
        Work.check(
                guard.snapshot("panicking")
                                .orElseThrow()
                                .phases()
                                .get(Phase.POLL)
                                .panics()
                        == 1,
                "the panic is not counted");
        guard.quarantine("rejected", Phase.POLL, "to be measured");
        Work.check(rejected.poll() == null, "the call is not rejected");
    }

    @TearDown(Level.Trial)
    public void close() {
        context.close();
    }

    @Benchmark
    public @Nullable StepEvent woven() {
        return ready.poll();
    }

    @Benchmark
    public @Nullable StepEvent rejected() {
        return rejected.poll();
    }
}
