package dev.safe.benchmarks;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.Tracer;
import com.alibaba.csp.sentinel.node.ClusterNode;
import com.alibaba.csp.sentinel.slots.block.BlockException;
import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRule;
import com.alibaba.csp.sentinel.slots.block.degrade.DegradeRuleManager;
import com.alibaba.csp.sentinel.slots.clusterbuilder.ClusterBuilderSlot;
import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import java.util.List;
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

/**
 * Measures Sentinel's entry with a rule that makes it a circuit breaker, used as its documentation shows. The rule of
 * the breaker that only sees panics needs more calls than it ever gets, so it only counts.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class SentinelBenchmark {

    private final ExtensionCapability ready = new Work.Ready("ready");
    private final ExtensionCapability panicking = new Work.Panicking("panicking");

    @Setup(Level.Trial)
    public void prepare() {
        System.setProperty("csp.sentinel.log.dir", "target/sentinel"); // not the user's home
        System.setProperty("EAGLEEYE.LOG.PATH", "target/sentinel");
        DegradeRuleManager.loadRules(
                List.of(rule("ready", Integer.MAX_VALUE), rule("panicking", Integer.MAX_VALUE), rule("rejected", 1)));
        Work.check(called() == Work.EVENT, "the event gets lost");
        Work.check(panic() == null && node("panicking").totalException() == 1, "the panic is not counted");
        Work.check(call("rejected", panicking) == null && call("rejected", panicking) == null, "there is an event");
        long before = node("rejected").blockRequest();
        Work.check(rejected() == null && node("rejected").blockRequest() == before + 1, "the call is not rejected");
    }

    /** Opens for an hour if more than half of a minimum number of calls fail. */
    private static DegradeRule rule(String resource, int calls) {
        return new DegradeRule(resource)
                .setGrade(RuleConstant.DEGRADE_GRADE_EXCEPTION_RATIO)
                .setCount(0.5)
                .setMinRequestAmount(calls)
                .setTimeWindow(3600);
    }

    private static ClusterNode node(String resource) {
        return ClusterBuilderSlot.getClusterNode(resource);
    }

    @Benchmark
    public @Nullable StepEvent called() {
        return call("ready", ready);
    }

    @Benchmark
    public @Nullable StepEvent panic() {
        return call("panicking", panicking);
    }

    @Benchmark
    public @Nullable StepEvent rejected() {
        return call("rejected", ready);
    }

    private static @Nullable StepEvent call(String resource, ExtensionCapability extension) {
        Entry entry = null;
        try {
            entry = SphU.entry(resource);
            return extension.poll();
        } catch (BlockException blocked) {
            return null;
        } catch (Throwable thrown) {
            Tracer.traceEntry(thrown, entry);
            return null;
        } finally {
            if (entry != null) {
                entry.exit();
            }
        }
    }
}
