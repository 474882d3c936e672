package dev.safe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.OnPanic;
import dev.safe.OverrunReport;
import dev.safe.Phase;
import dev.safe.PhasePolicy;
import dev.safe.Policies;
import dev.safe.StepEvent;
import dev.safe.spring.autoconfigure.SafeAutoConfiguration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.event.EventListener;

class EventsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class))
            .withBean(Panicking.class)
            .withBean(Listener.class);

    static class Panicking implements ExtensionCapability {
        @Override
        public String name() {
            return "a";
        }

        @Override
        public @Nullable StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    static class Listener {
        final List<Object> events = new CopyOnWriteArrayList<>();

        @EventListener
        void panic(ExtensionPanicEvent event) {
            events.add(event);
            throw new IllegalStateException("a listener that fails");
        }

        @EventListener
        void quarantined(ExtensionQuarantinedEvent event) {
            events.add(event);
        }

        @EventListener
        void released(ExtensionReleasedEvent event) {
            events.add(event);
        }

        @EventListener
        void overran(ExtensionOverrunEvent event) {
            events.add(event);
        }
    }

    static class Hanging implements ExtensionCapability {
        @Override
        public String name() {
            return "hanging";
        }

        @Override
        public void finalizeStep(long id) {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    @Timeout(60)
    void shouldPublishAnOverrun() {
        runner.withBean(Hanging.class)
                .withPropertyValues(
                        "safe.phases.finalize.budget.limit=20ms", "safe.phases.finalize.budget.on-overrun=interrupt")
                .run(context -> {
                    context.getBean(Hanging.class).finalizeStep(7);
                    List<Object> events = context.getBean(Listener.class).events;
                    while (events.isEmpty()) {
                        Thread.onSpinWait(); // It is published by the watchdog.
                    }
                    OverrunReport report = ((ExtensionOverrunEvent) events.get(0)).report();
                    assertThat(report.extension()).isEqualTo("hanging");
                    assertThat(report.phase()).isEqualTo(Phase.FINALIZE);
                    assertThat(report.interrupted()).isTrue();
                });
    }

    @Test
    void shouldPublishEvents() {
        runner.run(context -> {
            for (int i = 0; i < 10; i++) {
                assertThat(context.getBean(Panicking.class).poll()).isNull();
            }
            context.getBean(ExtensionGuard.class).release("a", Phase.POLL);
            List<Object> events = context.getBean(Listener.class).events;
            assertThat(events).hasSize(7);
            assertThat(events.subList(0, 5)).allSatisfy(event -> assertThat(
                            ((ExtensionPanicEvent) event).report().panic())
                    .isEqualTo("java.lang.IllegalStateException: boom"));
            assertThat(((ExtensionQuarantinedEvent) events.get(5)).report().reason())
                    .isEqualTo("5 panics within 10s, last java.lang.IllegalStateException: boom");
            assertThat(((ExtensionReleasedEvent) events.get(6)).report().reason())
                    .isEqualTo("released by hand");
        });
    }

    @Test
    void shouldContainAfterTheContextHasClosed() {
        Panicking[] bean = new Panicking[1];
        runner.run(context -> bean[0] = context.getBean(Panicking.class));
        assertThat(bean[0].poll()).isNull();
    }

    @Test
    void shouldBindPoliciesAnewWhenTheEnvironmentChanges() {
        runner.run(context -> {
            Panicking extension = context.getBean(Panicking.class);
            extension.poll();
            org.springframework.boot.test.util.TestPropertyValues.of("safe.phases.poll.on-panic=throw")
                    .applyTo(context.getEnvironment());
            context.publishEvent(new EnvironmentChangeEvent(context, Set.of("safe")));
            assertThat(org.assertj.core.api.Assertions.catchThrowable(extension::poll))
                    .isInstanceOf(dev.safe.ExtensionPanicException.class);
            org.springframework.boot.test.util.TestPropertyValues.of(
                            "safe.phases.poll.on-panic=suppress", "safe.phases.poll.quarantine.threshold=0")
                    .applyTo(context.getEnvironment());
            context.publishEvent(
                    new EnvironmentChangeEvent(context, Set.of("safe"))); // Not valid, so the old ones stay.
            assertThat(org.assertj.core.api.Assertions.catchThrowable(extension::poll))
                    .isInstanceOf(dev.safe.ExtensionPanicException.class);
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            assertThat(guard.snapshot("a").orElseThrow().phase(Phase.POLL).panics())
                    .isEqualTo(3);
            guard.apply(Policies.builder()
                    .policy(
                            Phase.POLL,
                            PhasePolicy.builder(Phase.POLL)
                                    .onPanic(OnPanic.SUPPRESS)
                                    .build())
                    .build());
            assertThat(extension.poll()).isNull();
        });
    }
}
