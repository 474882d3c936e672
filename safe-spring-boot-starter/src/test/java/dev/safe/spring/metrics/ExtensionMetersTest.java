package dev.safe.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.QuarantinePolicy;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeEndpointAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeHealthAutoConfiguration;
import dev.safe.spring.autoconfigure.SafeMetricsAutoConfiguration;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class ExtensionMetersTest {

    private static final List<String> STATES =
            List.of("new", "running", "failed", "quarantined", "stuck", "restarting", "stopped");

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    SafeAutoConfiguration.class,
                    SafeMetricsAutoConfiguration.class,
                    SafeEndpointAutoConfiguration.class,
                    SafeHealthAutoConfiguration.class))
            .withUserConfiguration(Host.class);

    private final ApplicationContextRunner metered = runner.withConfiguration(AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class));

    static class Failing implements ExtensionCapability {
        @Override
        public String name() {
            return "a";
        }

        @Override
        public void setup(SetupEnv env) throws IOException {
            throw new IOException("port taken");
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Host {
        @Bean
        static Failing failing() {
            return new Failing();
        }
    }

    private static double count(MeterRegistry registry, String meter, String phase) {
        return registry.get("safe.extension." + meter)
                .tags("extension", "a", "phase", phase)
                .counter()
                .count();
    }

    private static double gauge(MeterRegistry registry, String meter, String tag, String value) {
        return registry.get("safe.extension." + meter)
                .tags("extension", "a", tag, value)
                .gauge()
                .value();
    }

    private static List<Meter> ours(MeterRegistry registry) {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("safe."))
                .toList();
    }

    private static void assertState(MeterRegistry registry, String expected) {
        for (String state : STATES) {
            assertThat(gauge(registry, "state", "state", state)).as(state).isEqualTo(state.equals(expected) ? 1 : 0);
        }
    }

    @Test
    void shouldShowTheStateAndWhatOnlyAReleaseEnds() {
        metered.withPropertyValues(
                        "safe.phases.poll.quarantine.max-trips=2",
                        "safe.phases.poll.quarantine.initial-backoff=1h",
                        "safe.phases.poll.quarantine.max-backoff=1h")
                .run(context -> {
                    ExtensionGuard guard = context.getBean(ExtensionGuard.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    Failing extension = context.getBean(Failing.class);
                    assertState(registry, "new");
                    extension.poll();
                    assertState(registry, "running");
                    for (int i = 0; i < 4; i++) {
                        extension.poll();
                    }
                    assertState(registry, "quarantined");
                    assertThat(gauge(registry, "quarantined", "phase", "poll")).isOne();
                    assertThat(gauge(registry, "disabled", "phase", "poll"))
                            .as("trip 1 of 2")
                            .isZero();
                    guard.release("a", Phase.POLL);
                    assertState(registry, "running");
                    assertThat(gauge(registry, "quarantined", "phase", "poll")).isZero();
                    guard.quarantine("a", Phase.HOST, "by hand");
                    assertState(registry, "quarantined");
                    assertThat(gauge(registry, "disabled", "phase", "host")).isOne();
                    assertThat(gauge(registry, "disabled", "phase", "poll")).isZero();
                    guard.release("a", Phase.HOST);
                    assertThat(gauge(registry, "disabled", "phase", "host")).isZero();
                    assertThatThrownBy(() -> extension.setup(new SetupEnv("cell", Path.of("storage"), Map.of())))
                            .hasMessage("port taken");
                    assertState(registry, "failed");
                    extension.teardown(new TeardownContext(Instant.now()));
                    assertState(registry, "stopped");
                });
    }

    @Test
    void shouldShowThatItTrippedTooOften() {
        metered.withPropertyValues("safe.phases.poll.quarantine.max-trips=1").run(context -> {
            for (int i = 0; i < 5; i++) {
                context.getBean(Failing.class).poll();
            }
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(gauge(registry, "quarantined", "phase", "poll")).isOne();
            assertThat(gauge(registry, "disabled", "phase", "poll")).isOne();
        });
    }

    @Test
    void shouldShowThatItsPolicyHoldsIt() {
        metered.withPropertyValues("safe.extensions.a.phases.poll.quarantine.hold=ticket 4711")
                .run(context -> {
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(gauge(registry, "quarantined", "phase", "poll")).isOne();
                    assertThat(gauge(registry, "disabled", "phase", "poll")).isOne();
                    assertThat(gauge(registry, "disabled", "phase", "host")).isZero();
                    assertThat(count(registry, "quarantines", "poll")).isOne();
                });
    }

    /** A scrape reads all gauges of all extensions one after the other. */
    @Test
    void shouldReadGaugesWithoutASnapshotOfEverything() {
        metered.run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            for (int i = 0; i < 5; i++) {
                context.getBean(Failing.class).poll();
            }
            List<Gauge> gauges = ours(context.getBean(MeterRegistry.class)).stream()
                    .filter(Gauge.class::isInstance)
                    .map(Gauge.class::cast)
                    .toList();
            assertThat(gauges).hasSize(5 * 3 + 7);
            long reading = allocated(() -> gauges.forEach(Gauge::value));
            long snapshots = allocated(() -> gauges.forEach(gauge -> guard.snapshot("a")));
            assertThat(reading).isLessThan(snapshots / 4);
        });
    }

    private static long allocated(Runnable work) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int warmUp = 0; warmUp < 1_000; warmUp++) {
            work.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            work.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / 100;
    }

    /** Operators read these descriptions beside the values, with nothing else at hand. */
    @Test
    void shouldSayOfEachMeterWhatToDoWithIt() {
        metered.withPropertyValues("safe.metrics.timers=true").run(context -> {
            Map<String, String> descriptions = ours(context.getBean(MeterRegistry.class)).stream()
                    .map(Meter::getId)
                    .collect(Collectors.toMap(
                            Meter.Id::getName, id -> String.valueOf(id.getDescription()), (one, other) -> {
                                assertThat(other).isEqualTo(one); // Prometheus has one help text for each name.
                                return one;
                            }));
            assertThat(descriptions)
                    .containsOnlyKeys(
                            "safe.extension.panics",
                            "safe.extension.errors",
                            "safe.extension.rejected",
                            "safe.extension.quarantines",
                            "safe.extension.quarantined",
                            "safe.extension.overruns",
                            "safe.extension.stuck",
                            "safe.extension.disabled",
                            "safe.extension.state",
                            "safe.extension.restarts",
                            "safe.extension.calls");
            descriptions.forEach((name, description) ->
                    assertThat(description).as(name).containsPattern("If it |Fix the cause|Set budgets"));
            assertThat(descriptions.get("safe.extension.rejected"))
                    .isEqualTo(
                            "Calls not made because of quarantine: polls, for example, and not events that were lost,"
                                    + " since a poll that is not made may stand for many events or none. If it rises, see why the"
                                    + " extension is in quarantine");
        });
    }

    @Test
    void shouldRegisterEveryMeterAtZero() {
        metered.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            for (Phase phase : Phase.values()) {
                for (String meter : new String[] {"panics", "errors", "rejected", "quarantines", "overruns"}) {
                    assertThat(count(registry, meter, phase.tag())).isZero();
                }
                for (String gauge : new String[] {"quarantined", "stuck", "disabled"}) {
                    assertThat(gauge(registry, gauge, "phase", phase.tag())).isZero();
                }
            }
            assertThat(registry.get("safe.extension.restarts").counter().count())
                    .isZero();
            assertThat(registry.find("safe.extension.calls").timer()).isNull();
            assertThat(ours(registry)).hasSize(5 * (5 + 3) + 7 + 1).allSatisfy(meter -> assertThat(
                            meter.getId().getTags())
                    .extracting(Tag::getKey)
                    .isIn(List.of("extension", "phase"), List.of("extension", "state"), List.of("extension")));
        });
    }

    @Test
    void shouldCountExactly() {
        metered.withPropertyValues("safe.metrics.timers=true").run(context -> {
            Failing extension = context.getBean(Failing.class);
            for (int i = 0; i < 8; i++) {
                extension.poll();
            }
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> extension.setup(new SetupEnv("cell", Path.of("storage"), Map.of()))))
                    .isExactlyInstanceOf(IOException.class);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(count(registry, "panics", "poll")).isEqualTo(5);
            assertThat(count(registry, "rejected", "poll")).isEqualTo(3);
            assertThat(count(registry, "quarantines", "poll")).isOne();
            assertThat(count(registry, "errors", "setup")).isOne();
            assertThat(count(registry, "panics", "setup")).isZero();
            assertThat(registry.get("safe.extension.calls")
                            .tags("extension", "a", "phase", "poll")
                            .timer()
                            .count())
                    .isEqualTo(5);
        });
    }

    @Test
    void shouldRemoveTheMetersOfARemovedExtension() {
        metered.run(context -> {
            context.getBean(ExtensionGuard.class).remove("a");
            assertThat(ours(context.getBean(MeterRegistry.class))).isEmpty();
        });
    }

    static class Meddler implements BeanPostProcessor {}

    @Configuration(proxyBeanMethods = false)
    static class Meddling {
        @Bean
        static Meddler meddler(ExtensionCapability extension) {
            extension.poll(); // Registers an extension before there is any registry.
            return new Meddler();
        }

        @Bean
        MeterRegistryCustomizer<MeterRegistry> region() {
            return registry -> registry.config().commonTags("region", "north");
        }
    }

    @Test
    void shouldNotCreateTheRegistryEarlyAndCatchUpOnWhatWasCounted(CapturedOutput output) {
        metered.withUserConfiguration(Meddling.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(MeterRegistry.class)
                            .get("safe.extension.panics")
                            .tags("extension", "a", "phase", "poll", "region", "north")
                            .counter()
                            .count())
                    .isOne();
            assertThat(output).doesNotContain("is not eligible for getting processed by all BeanPostProcessors");
            assertThat(context.getBeanFactory().getBeanDefinition("failing").getRole())
                    .isEqualTo(BeanDefinition.ROLE_APPLICATION);
        });
    }

    @Test
    void shouldContainWhenAMeterFilterThrows() {
        runner.withBean(MeterRegistry.class, () -> {
                    SimpleMeterRegistry registry = new SimpleMeterRegistry();
                    registry.config().meterFilter(MeterFilter.accept(id -> {
                        throw new IllegalStateException("filter");
                    }));
                    return registry;
                })
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(Failing.class).poll()).isNull();
                });
    }

    @Test
    void shouldPublishOnceTheRegistryWorksThatFailedWhenTheExtensionWasFirstSeen() {
        AtomicBoolean fails = new AtomicBoolean(true);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        registry.config().meterFilter(MeterFilter.accept(id -> {
            if (fails.get()) {
                throw new IllegalStateException("filter");
            }
            return true;
        }));
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
            guard.addListener(new ExtensionMeters(guard, registry, false));
            Failing extension = new Failing();
            guard.callPoll(extension);
            fails.set(false);
            guard.callPoll(extension);

            assertThat(registry.get("safe.extension.panics")
                            .tags("extension", "a", "phase", "poll")
                            .counter()
                            .count())
                    .isEqualTo(2);

            guard.remove("a");
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    private static SimpleMeterRegistry refusing(AtomicBoolean refuses, String meter) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        registry.config().meterFilter(MeterFilter.accept(id -> {
            if (refuses.get() && id.getName().equals(meter)) {
                throw new IllegalStateException("filter");
            }
            return true;
        }));
        return registry;
    }

    private static List<String> refusals(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("listener failed"))
                .map(line -> line.replaceAll(".*(?=listener failed)", ""))
                .toList();
    }

    /** In alphabetical and in any other order, some meters come after the one that is refused. */
    @ParameterizedTest
    @EnumSource(ExtensionMeter.class)
    void shouldRegisterAllOtherMetersWhereOneIsRefused(ExtensionMeter refused, CapturedOutput output) {
        SimpleMeterRegistry all = new SimpleMeterRegistry();
        SimpleMeterRegistry others = refusing(new AtomicBoolean(true), refused.id());
        try (ExtensionGuard guard = ExtensionGuard.builder().timers(true).build()) {
            Failing extension = new Failing();
            guard.callPoll(extension);
            guard.addListener(new ExtensionMeters(guard, all, true));
            guard.addListener(new ExtensionMeters(guard, others, true)); // late, for an extension that is known
            for (int i = 0; i < 20; i++) {
                guard.callPoll(extension);
            }

            List<Meter.Id> missing = all.getMeters().stream()
                    .map(Meter::getId)
                    .filter(id -> others.getMeters().stream()
                            .noneMatch(meter -> meter.getId().equals(id)))
                    .toList();
            assertThat(missing).isNotEmpty().allMatch(id -> id.getName().equals(refused.id()));
            assertThat(values(others)).isEqualTo(values(all, refused));
            assertThat(refusals(output))
                    .containsExactly("listener failed: a: onRegistered of dev.safe.spring.metrics.ExtensionMeters:"
                            + " java.lang.IllegalStateException: " + missing.size() + " of "
                            + all.getMeters().size()
                            + " meters could not be registered, the first is " + refused.id()
                            + ": java.lang.IllegalStateException: filter; ignored");

            guard.remove("a");
            assertThat(others.getMeters()).isEmpty();
        }
    }

    private static Map<Meter.Id, Double> values(MeterRegistry registry, ExtensionMeter... without) {
        return registry.getMeters().stream()
                .filter(meter -> Arrays.stream(without)
                        .noneMatch(other -> other.id().equals(meter.getId().getName())))
                .collect(Collectors.toMap(
                        Meter::getId, meter -> meter.measure().iterator().next().getValue()));
    }

    @Test
    void shouldMakeUpForAMeterThatWasRefusedForAWhile(CapturedOutput output) {
        AtomicBoolean refuses = new AtomicBoolean(true);
        SimpleMeterRegistry registry = refusing(refuses, "safe.extension.panics");
        try (ExtensionGuard guard =
                ExtensionGuard.builder().policy(Phase.POLL, unlimited()).build()) {
            guard.addListener(new ExtensionMeters(guard, registry, false));
            Failing extension = new Failing();
            for (int i = 0; i < 3; i++) {
                guard.callPoll(extension);
            }
            refuses.set(false);
            for (int i = 0; i < 4; i++) {
                guard.callPoll(extension); // It is tried again at the 4th count.
            }
            assertThat(count(registry, "panics", "poll")).isEqualTo(7);
            guard.callPoll(extension);
            assertThat(count(registry, "panics", "poll")).isEqualTo(8);
            assertThat(refusals(output)).hasSize(1);
        }
    }

    private static PhasePolicy unlimited() {
        return PhasePolicy.builder(Phase.POLL)
                .quarantine(QuarantinePolicy.DEFAULT)
                .build();
    }

    @Test
    void shouldTryLessAndLessOftenToRegisterWhatIsAlwaysRefused() {
        AtomicInteger tries = new AtomicInteger();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        registry.config().meterFilter(MeterFilter.accept(id -> {
            if (id.getName().equals("safe.extension.restarts")) {
                tries.incrementAndGet();
                throw new IllegalStateException("filter");
            }
            return true;
        }));
        try (ExtensionGuard guard =
                ExtensionGuard.builder().policy(Phase.POLL, unlimited()).build()) {
            guard.addListener(new ExtensionMeters(guard, registry, false));
            Failing extension = new Failing();
            for (int i = 0; i < 1_000; i++) {
                guard.callPoll(extension);
            }
            assertThat(tries).hasValue(1 + 10); // at the counts 1, 2, 4, ..., 512
            assertThat(count(registry, "panics", "poll")).isEqualTo(1_000);
        }
    }

    @Test
    void shouldRemoveAllOtherMetersWhereOneCannotBeRemoved() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        registry.config().onMeterRemoved(meter -> {
            if (meter.getId().getName().equals("safe.extension.panics")) {
                throw new IllegalStateException("listener");
            }
        });
        try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
            guard.addListener(new ExtensionMeters(guard, registry, false));
            guard.callPoll(new Failing());
            guard.remove("a");
            assertThat(registry.getMeters())
                    .allMatch(meter -> meter.getId().getName().equals("safe.extension.panics"));
        }
    }

    @Test
    void shouldPublishInTheOtherPartsOfACompositeWhatOnePartRefuses() {
        AtomicBoolean refuses = new AtomicBoolean(true);
        SimpleMeterRegistry before = new SimpleMeterRegistry();
        SimpleMeterRegistry refusing = refusing(refuses, "safe.extension.panics");
        SimpleMeterRegistry after = new SimpleMeterRegistry();
        CompositeMeterRegistry composite = new CompositeMeterRegistry();
        List.of(before, refusing, after).forEach(composite::add);
        try (ExtensionGuard guard =
                ExtensionGuard.builder().policy(Phase.POLL, unlimited()).build()) {
            guard.addListener(new ExtensionMeters(guard, composite, false));
            Failing extension = new Failing();
            guard.callPoll(extension);
            assertThat(count(before, "panics", "poll")).isOne();
            assertThat(count(after, "panics", "poll")).isOne();
            assertThat(ours(refusing)).hasSize(5 * (4 + 3) + 7 + 1);

            refuses.set(false);
            guard.callPoll(extension);
            guard.callPoll(extension);
            guard.callPoll(extension);
            assertThat(count(before, "panics", "poll")).isEqualTo(4);
            assertThat(count(after, "panics", "poll")).isEqualTo(4);
            assertThat(count(refusing, "panics", "poll")).isPositive();

            guard.remove("a");
            assertThat(List.of(before, refusing, after))
                    .allSatisfy(part -> assertThat(ours(part)).isEmpty());
        }
    }
}
