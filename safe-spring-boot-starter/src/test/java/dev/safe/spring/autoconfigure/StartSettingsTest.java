package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/** What a refresh says of settings that take effect at the start only. */
@ExtendWith(OutputCaptureExtension.class)
class StartSettingsTest {

    record Named(String name) implements ExtensionCapability {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class, SafeAutoConfiguration.class, SafeDisabledAutoConfiguration.class))
            .withBean("udp", ExtensionCapability.class, () -> new Named("network.udp"));

    private static void refresh(ConfigurableApplicationContext context, String... properties) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        Map<String, Object> changed = Arrays.stream(properties)
                .map(property -> property.split("=", 2))
                .collect(java.util.stream.Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        sources.remove("changed");
        sources.addFirst(new MapPropertySource("changed", changed));
        context.publishEvent(new EnvironmentChangeEvent(context, changed.keySet()));
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains(" WARN ") && line.contains("have changed"))
                .map(line -> line.replaceAll(".*(?=These properties)", ""))
                .toList();
    }

    private static String warning(String keys) {
        return "These properties have changed, and take effect at the next start: [" + keys + "]";
    }

    @ParameterizedTest
    @CsvSource({
        "safe.enabled, off",
        "safe.pass-through, java.io.UncheckedIOException",
        "safe.passThrough, java.io.UncheckedIOException",
        "safe.unguarded, fail",
        "safe.metrics.timers, yes",
        "safe.health.quarantined-status, down",
        "safe.health.failed-status, out-of-service",
        "management.endpoint.extensions.show-values, always",
        "management.endpoint.extensions.roles, operator"
    })
    void shouldWarnOnceOfASettingThatTakesEffectAtTheNextStart(String key, String value, CapturedOutput output) {
        runner.run(context -> {
            refresh(context, key + "=" + value);
            refresh(context, key + "=" + value);
            refresh(context, key + "=" + value, "safe.phases.poll.log.burst=7");
            assertThat(warnings(output)).containsExactly(warning(key));
            assertThat(context.getBean(ExtensionGuard.class)
                            .policy("network.udp", dev.safe.Phase.POLL)
                            .log()
                            .burst())
                    .isEqualTo(7);
        });
    }

    @Test
    void shouldSayNothingOfWhatTakesEffectAtOnceOrIsWrittenInAnotherWay(CapturedOutput output) {
        runner.withPropertyValues("safe.metrics.timers=true").run(context -> {
            refresh(
                    context,
                    "safe.metrics.timers=on",
                    "safe.phases.poll.quarantine.hold=ticket 4711",
                    "safe.extensions[network.udp].phases.poll.log.burst=7");
            assertThat(warnings(output)).isEmpty();
        });
    }

    @Test
    void shouldWarnOfEachNewValueButNotOfTheOneThatIsInEffect(CapturedOutput output) {
        runner.withPropertyValues("safe.health.failed-status=down").run(context -> {
            refresh(context, "safe.health.failed-status=unknown", "safe.metrics.timers=true");
            refresh(context, "safe.health.failed-status=out-of-service", "safe.metrics.timers=true");
            refresh(context, "safe.health.failed-status=down");
            refresh(context, "safe.metrics.timers=true");
            assertThat(warnings(output))
                    .containsExactly(
                            warning("safe.health.failed-status, safe.metrics.timers"),
                            warning("safe.health.failed-status"),
                            warning("safe.metrics.timers"));
        });
    }

    @Test
    void shouldWarnOfTheSettingsOfASupervisor(CapturedOutput output) {
        runner.withBean(dev.safe.supervisor.EventSink.class, () -> dev.safe.supervisor.Delivery::done)
                .run(context -> {
                    refresh(
                            context,
                            "safe.supervisor.maxInFlight=7",
                            "safe.supervisor.restart.within=10m",
                            "safe.supervisor.extensions[network.udp].depends-on=time.tick",
                            "safe.supervisor.extensions[time.tick].config.port=9999");
                    assertThat(warnings(output))
                            .containsExactly(warning("safe.supervisor.extensions[network.udp].depends-on,"
                                    + " safe.supervisor.extensions[time.tick].config.port,"
                                    + " safe.supervisor.maxInFlight, safe.supervisor.restart.within"));
                });
    }

    @Test
    void shouldNotPromiseAnEffectToWhatHasNone(CapturedOutput output) {
        runner.withBean("own", ExtensionGuard.class, ExtensionGuard::ofDefaults).run(context -> {
            refresh(
                    context,
                    "safe.pass-through[0]=java.io.UncheckedIOException",
                    "safe.supervisor.pause=5ms",
                    "safe.unguarded=fail");
            assertThat(output)
                    .contains("These properties have no effect, since the ExtensionGuard bean is the application's own:"
                            + " [safe.pass-through[0]]")
                    .contains("since there is no EventSink bean, which starts the supervisor: [safe.supervisor.pause]");
            assertThat(warnings(output)).containsExactly(warning("safe.unguarded"));
        });
    }

    @Test
    void shouldWarnWhereSafeIsSwitchedOnTooLate(CapturedOutput output) {
        runner.withPropertyValues("safe.enabled=false").run(context -> {
            refresh(context, "safe.enabled=false");
            refresh(context, "safe.enabled=true");
            refresh(context, "safe.enabled=on");
            assertThat(warnings(output)).containsExactly(warning("safe.enabled"));
            refresh(context, "safe.enabled=perhaps");
            assertThat(output)
                    .contains("The next start will fail: 'safe.enabled' must be true, on, yes or 1, or false, off, no"
                            + " or 0, got perhaps");
        });
    }

    @Test
    void shouldSayThatTheNextStartWillFail(CapturedOutput output) {
        runner.run(context -> {
            refresh(context, "management.endpoint.extensions.show-values=perhaps");
            assertThat(output)
                    .contains("The next start will fail: 'management.endpoint.extensions.show-values' must be never,"
                            + " when-authorized or always, got perhaps");
        });
    }
}
