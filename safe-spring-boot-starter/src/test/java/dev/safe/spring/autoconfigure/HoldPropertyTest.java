package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.QuarantineSnapshot;
import dev.safe.QuarantineState;
import dev.safe.StepEvent;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/** Quarantine that a property declares. */
class HoldPropertyTest {

    private static final String HOLD = "safe.extensions[network.udp].phases.poll.quarantine.hold";

    private final AtomicInteger polls = new AtomicInteger();
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class))
            .withBean("udp", ExtensionCapability.class, () -> new Polled("network.udp", polls));

    record Polled(String name, AtomicInteger polls) implements ExtensionCapability {
        @Override
        public StepEvent poll() {
            return new StepEvent("polled", new byte[0], polls.incrementAndGet(), null);
        }
    }

    @Test
    void shouldHoldFromTheFirstCall() {
        runner.withPropertyValues(HOLD + "=ticket 4711").run(context -> {
            context.getBean(ExtensionCapability.class).poll();
            assertThat(polls).hasValue(0);
            assertThat(quarantine(context))
                    .isEqualTo(new QuarantineSnapshot(QuarantineState.QUARANTINED, 0, null, "ticket 4711", true));
        });
    }

    @Test
    void shouldHoldAllExtensionsButTheOneThatSaysOtherwise() {
        runner.withPropertyValues("safe.phases.poll.quarantine.hold=ticket 4711", HOLD + "=")
                .run(context -> {
                    context.getBean(ExtensionCapability.class).poll();
                    assertThat(polls).hasValue(1);
                    assertThat(context.getBean(ExtensionGuard.class)
                                    .policy("network.http", Phase.POLL)
                                    .quarantine()
                                    .hold())
                            .isEqualTo("ticket 4711");
                });
    }

    @Test
    void shouldBeSetChangedAndClearedAtARefresh() {
        runner.run(context -> {
            ExtensionCapability extension = context.getBean(ExtensionCapability.class);
            extension.poll();
            refresh(context, "ticket 4711");
            extension.poll();
            assertThat(polls).hasValue(1);
            refresh(context, "ticket 4712");
            assertThat(quarantine(context).reason()).isEqualTo("ticket 4712");
            refresh(context, "");
            extension.poll();
            assertThat(polls).hasValue(2);
            assertThat(quarantine(context).declared()).isFalse();
        });
    }

    @Test
    void shouldSayWhichPropertyHolds() {
        runner.withPropertyValues("safe.phases.poll.quarantine.hold=all stop").run(context -> {
            CurrentProperties properties = context.getBean(CurrentProperties.class);
            assertThat(properties.holdOrigin("network.udp", Phase.POLL))
                    .isEqualTo("'safe.phases.poll.quarantine.hold' (all stop) in the property source \"test\"");
            refresh(context, "ticket 4711");
            assertThat(properties.holdOrigin("network.udp", Phase.POLL))
                    .isEqualTo("'" + HOLD + "' (ticket 4711) in the property source \"changed\"");
            assertThat(properties.holdOrigin("network.udp", Phase.HOST)).isNull();
        });
    }

    @Test
    void shouldSayWhichPropertyHoldsWhenItsReplacementIsNotValid() {
        runner.withPropertyValues("safe.phases.poll.quarantine.hold=all stop").run(context -> {
            CurrentProperties properties = context.getBean(CurrentProperties.class);
            refresh(context, Map.of(HOLD, "ticket 4711", "safe.phases.poll.quarantine.threshold", "0"));
            assertThat(quarantine(context).reason()).isEqualTo("all stop");
            assertThat(properties.holdOrigin("network.udp", Phase.POLL))
                    .isEqualTo("'safe.phases.poll.quarantine.hold' (all stop) in the property source \"test\"");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "Off", "no", "0", "1"})
    void shouldRefuseASwitchInPlaceOfAReason(String value) {
        runner.withPropertyValues(HOLD + "=" + value).run(context -> assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessage("'" + HOLD + "' must say why, or be empty to hold nothing, got " + value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00a0", "\u2007\u202f", "\u200b", "\ufeff", "\u2800", "\u3164"})
    void shouldTakeAReasonThatNobodyCanSeeForNone(String blank) {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new MapPropertySource("invisible", Map.of(HOLD, blank))))
                .run(context -> {
                    context.getBean(ExtensionCapability.class).poll();
                    assertThat(polls).hasValue(1);
                });
    }

    @Test
    void shouldRefuseToHoldASetup() {
        runner.withPropertyValues("safe.phases.setup.quarantine.hold=ticket 4711")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage(
                                "'safe.phases.setup.quarantine.hold' must not be set for setup and teardown, which are"
                                        + " never rejected, got ticket 4711"));
    }

    private static void refresh(ConfigurableApplicationContext context, String hold) {
        refresh(context, Map.of(HOLD, hold));
    }

    private static void refresh(ConfigurableApplicationContext context, Map<String, Object> changed) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        sources.remove("changed");
        sources.addFirst(new MapPropertySource("changed", changed));
        context.publishEvent(new EnvironmentChangeEvent(context, changed.keySet()));
    }

    private static QuarantineSnapshot quarantine(ConfigurableApplicationContext context) {
        return context.getBean(ExtensionGuard.class)
                .snapshot("network.udp")
                .orElseThrow()
                .phase(Phase.POLL)
                .quarantine();
    }
}
