package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionState;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import dev.safe.spring.ExtensionRestartedEvent;
import dev.safe.spring.SupervisorLifecycle;
import dev.safe.spring.actuate.ExtensionRestarter;
import dev.safe.supervisor.Delivery;
import dev.safe.supervisor.EventSink;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** A bean that takes events is all that a host has to write. */
@ExtendWith(OutputCaptureExtension.class)
class SupervisorTest {

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Delivery> delivered = new LinkedBlockingQueue<>();
    private final AtomicInteger made = new AtomicInteger();
    private final ApplicationContextRunner withoutSink = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SafeAutoConfiguration.class,
                    SafeSupervisorAutoConfiguration.class,
                    SafeMetricsAutoConfiguration.class))
            .withBean(SimpleMeterRegistry.class)
            .withBean("http", ExtensionCapability.class, () -> new Logged("network.http", log))
            .withBean(
                    "udp",
                    ExtensionCapability.class,
                    this::udp,
                    definition -> definition.setScope(BeanDefinition.SCOPE_PROTOTYPE))
            // A supervisor that closes waits half of it for events in flight. These tests are done with none.
            .withPropertyValues("safe.supervisor.teardown-deadline=1s");
    private final ApplicationContextRunner runner = withoutSink.withBean(EventSink.class, () -> delivered::add);

    private ExtensionCapability udp() {
        made.incrementAndGet();
        return new Logged("network.udp", log);
    }

    record Logged(String name, Queue<String> log) implements ExtensionCapability {

        @Override
        public void setup(SetupEnv env) {
            log.add("set up " + name + " with " + env.config());
        }

        @Override
        public StepEvent poll() {
            return new StepEvent("logged", new byte[0], 1, null);
        }

        @Override
        public void teardown(TeardownContext context) {
            log.add("torn down " + name);
        }
    }

    @Test
    void shouldRunExtensionBeansInTheOrderOfDependencies() {
        runner.withPropertyValues(
                        "safe.supervisor.extensions[network.http].depends-on=network.udp",
                        "safe.supervisor.extensions[network.http].config.port=80",
                        "safe.supervisor.max-in-flight=1")
                .run(context -> {
                    assertThat(log).containsExactly("set up network.udp with {}", "set up network.http with {port=80}");
                    Delivery delivery = delivered.poll(10, TimeUnit.SECONDS);
                    assertThat(delivery.event().kind()).isEqualTo("logged");
                    assertThat(context.getBean(ExtensionGuard.class).state("network.http"))
                            .contains(ExtensionState.RUNNING);
                });
        assertThat(log).endsWith("torn down network.http", "torn down network.udp");
    }

    /** A child with the starter, beside a parent with a supervisor. */
    private ApplicationContextRunner childOf(ApplicationContext parent) {
        return new ApplicationContextRunner()
                .withParent(parent)
                .withConfiguration(
                        AutoConfigurations.of(SafeAutoConfiguration.class, SafeSupervisorAutoConfiguration.class))
                .withBean("dns", ExtensionCapability.class, () -> new Logged("network.dns", log))
                .withPropertyValues("safe.supervisor.teardown-deadline=1s");
    }

    @Test
    void shouldRunTheExtensionsOfAChildBesideThoseOfItsParent() {
        runner.run(parent -> childOf(parent).run(child -> {
            assertThat(child).hasNotFailed();
            assertThat(log).endsWith("set up network.dns with {}");
            ExtensionGuard guard = parent.getBean(ExtensionGuard.class);
            assertThat(guard.state("network.dns")).contains(ExtensionState.RUNNING);
            assertThat(eventFrom("network.dns", delivered)).isNotNull();

            parent.getBean(SupervisorLifecycle.class).restart("network.dns", "by the parent's operator");
            child.getBean(SupervisorLifecycle.class).restart("network.http", "by the child's operator");
            assertThat(guard.snapshot("network.dns").orElseThrow().restarts()).isEqualTo(1L);
            assertThat(guard.snapshot("network.http").orElseThrow().restarts()).isEqualTo(1L);
        }));
        assertThat(log).filteredOn("torn down network.dns"::equals).hasSize(2);
    }

    @Test
    void shouldPassTheEventsOfAChildToItsOwnSink() {
        BlockingQueue<Delivery> own = new LinkedBlockingQueue<>();
        runner.run(parent -> childOf(parent)
                .withBean("ownSink", EventSink.class, () -> own::add)
                .run(child -> {
                    assertThat(child).hasNotFailed();
                    assertThat(eventFrom("network.dns", own)).isNotNull();
                    assertThat(own).extracting(Delivery::extension).containsOnly("network.dns");
                    assertThat(delivered).extracting(Delivery::extension).doesNotContain("network.dns");
                }));
    }

    private static @Nullable Delivery eventFrom(String extension, BlockingQueue<Delivery> events)
            throws InterruptedException {
        Delivery next;
        do {
            next = events.poll(10, TimeUnit.SECONDS);
        } while (next != null && !next.extension().equals(extension));
        return next;
    }

    @Test
    void shouldKeepTheJvmRunningUntilItIsStopped() throws Exception {
        Set<Thread> kept = new HashSet<>();
        Set<Thread> before = keepingTheJvmAlive();
        runner.run(context -> {
            kept.addAll(keepingTheJvmAlive());
            kept.removeAll(before);
        });
        assertThat(kept).hasSize(1);
        Thread keepAlive = kept.iterator().next();
        assertThat(keepAlive.isDaemon()).isFalse();
        keepAlive.join(10_000);
        assertThat(keepAlive.isAlive()).isFalse();
    }

    private static Set<Thread> keepingTheJvmAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("safe-keep-alive"))
                .collect(Collectors.toSet());
    }

    @Test
    void shouldMakeAPrototypeAnewAndSetASingletonUpAgain() {
        ConcurrentLinkedQueue<ExtensionRestartedEvent> events = new ConcurrentLinkedQueue<>();
        ApplicationListener<org.springframework.context.PayloadApplicationEvent<?>> listener = event -> {
            if (event.getPayload() instanceof ExtensionRestartedEvent restarted) {
                events.add(restarted);
            }
        };
        runner.withBean("listener", ApplicationListener.class, () -> listener).run(context -> {
            ExtensionRestarter restarter = context.getBean(ExtensionRestarter.class);
            assertThat(made).hasValue(1);
            restarter.restart("network.udp", "ticket 4711");
            assertThat(made).hasValue(2);
            restarter.restart("network.http", "ticket 4712");
            assertThat(log.stream().filter(line -> line.startsWith("set up network.http")))
                    .hasSize(2);
            assertThat(restarter.restarts("network.udp")).isEqualTo(1);
            assertThat(restarter.restarts("unknown")).isNull();
            assertThatThrownBy(() -> restarter.restart("unknown", "why")).isInstanceOf(NoSuchElementException.class);
            assertThat(events.stream().map(event -> event.report().reason()))
                    .containsExactly("ticket 4711", "ticket 4712");
            assertThat(context.getBean(MeterRegistry.class)
                            .get("safe.extension.restarts")
                            .tag("extension", "network.udp")
                            .counter()
                            .count())
                    .isEqualTo(1);
        });
    }

    /** What a host does for an extension that is not available where it runs. */
    @Configuration(proxyBeanMethods = false)
    static class Unavailable {

        @Bean
        @Nullable ExtensionCapability singleton() {
            return null;
        }

        @Bean
        @Scope(BeanDefinition.SCOPE_PROTOTYPE)
        @Nullable ExtensionCapability prototype() {
            return null;
        }
    }

    @Test
    void shouldLeaveOutABeanThatIsNull() {
        runner.withUserConfiguration(Unavailable.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(log).containsExactlyInAnyOrder("set up network.http with {}", "set up network.udp with {}");
        });
    }

    @Test
    void shouldRunNothingWithoutASinkOrWhereItIsOff() {
        for (ApplicationContextRunner off :
                List.of(withoutSink, runner.withPropertyValues("safe.supervisor.enabled=no"))) {
            off.run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(context).doesNotHaveBean(SupervisorLifecycle.class);
                assertThat(context).doesNotHaveBean(ExtensionRestarter.class);
                assertThat(log).isEmpty();
            });
        }
    }

    @Test
    void shouldLetAHostChangeWhatPropertiesCannotSay() {
        runner.withBean(
                        SupervisorCustomizer.class,
                        () -> builder -> builder.setupEnv(name ->
                                new SetupEnv(name, java.nio.file.Path.of("elsewhere"), java.util.Map.of("a", 1))))
                .run(context -> assertThat(log).contains("set up network.http with {a=1}"));
    }

    @Test
    void shouldNameThePropertyThatBreaksARule() {
        runner.withPropertyValues("safe.supervisor.restart.max-backoff=1ms")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("safe.supervisor.restart.max-backoff")
                        .hasMessageContaining("must be at least 'initial-backoff' (1s)"));
    }

    @Test
    void shouldNotNameAPropertyThatNobodyHasSet() {
        runner.withPropertyValues("safe.supervisor.restart.initial-backoff=10m")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("safe.supervisor.restart.initial-backoff")
                        .hasMessageContaining("must be at most 'max-backoff' (5m, built in)"));
    }

    @Test
    void shouldExplainADependencyThatThereIsNot() {
        runner.withPropertyValues("safe.supervisor.extensions[network.http].depends-on=network.udp, network.upd")
                .run(context -> {
                    FailureAnalysis analysis =
                            new InvalidSafePropertyFailureAnalyzer().analyze(context.getStartupFailure());
                    assertThat(analysis.getDescription())
                            .startsWith("The property 'safe.supervisor.extensions[network.http].depends-on' has the"
                                    + " value 'network.upd'. It must name extensions, and there is [network.http,"
                                    + " network.udp].")
                            .contains("It is set in ");
                    assertThat(analysis.getAction())
                            .isEqualTo("Change the value of 'safe.supervisor.extensions[network.http].depends-on'.");
                });
        assertThat(log).isEmpty();
    }

    @Test
    void shouldNameTheElementOfAListThatThereIsNot() {
        runner.withPropertyValues(
                        "safe.supervisor.extensions[network.http].depends-on[0]=network.udp",
                        "safe.supervisor.extensions[network.http].depends-on[1]=nothing")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage("'safe.supervisor.extensions[network.http].depends-on[1]' must name extensions, and"
                                + " there is [network.http, network.udp], got nothing"));
    }

    @Test
    void shouldExplainACircle() {
        runner.withBean("tick", ExtensionCapability.class, () -> new Logged("time.tick", log))
                .withPropertyValues(
                        "safe.supervisor.extensions[time.tick].depends-on=network.udp",
                        "safe.supervisor.extensions[network.http].depends-on=network.udp",
                        "safe.supervisor.extensions[network.udp].depends-on=network.http")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage(
                                "'safe.supervisor.extensions[network.http].depends-on' must not lead back to where it"
                                        + " began: network.http -> network.udp -> network.http, got network.udp"));
        runner.withPropertyValues("safe.supervisor.extensions[network.udp].depends-on=network.udp")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("network.udp -> network.udp, got network.udp"));
    }

    @Test
    void shouldWarnOfPropertiesForAnExtensionThatThereIsNot(CapturedOutput output) {
        runner.withPropertyValues(
                        "safe.supervisor.extensions[network.upd].config.port=80",
                        "safe.supervisor.extensions[network.upd].depends-on=network.http",
                        "safe.supervisor.extensions[network.http].config.port=80")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output.getAll().lines().filter(line -> line.contains("matches no extension")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("WARN")
                .endsWith("'safe.supervisor.extensions[network.upd]' matches no extension, there is [network.http,"
                        + " network.udp]: correct the name or remove it");
    }
}
