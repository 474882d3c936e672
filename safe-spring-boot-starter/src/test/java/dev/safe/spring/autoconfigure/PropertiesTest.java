package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.ExtensionPanicException;
import dev.safe.Phase;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class PropertiesTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, SafeAutoConfiguration.class))
            .withBean("udp", ExtensionCapability.class, () -> new Panicking("network.udp"))
            .withBean("http", ExtensionCapability.class, () -> new Panicking("http"));

    record Panicking(String name) implements ExtensionCapability {
        @Override
        public dev.safe.StepEvent poll() {
            throw new IllegalStateException("boom");
        }
    }

    private static int callsUntilQuarantine(ExtensionGuard guard, String bean, ExtensionCapability extension) {
        for (int calls = 0; calls < 100; calls++) {
            extension.poll();
            if (guard.snapshot(bean).orElseThrow().phase(Phase.POLL).rejected() > 0) {
                return calls;
            }
        }
        return 100;
    }

    @Test
    void shouldTakeForDefaultsWhatWouldBeBound() {
        StandardEnvironment environment = new StandardEnvironment();
        ConfigurationPropertySources.attach(environment);
        assertThat(CurrentProperties.bindAll(environment)).isEqualTo(SafeProperties.DEFAULTS);
        assertThat(new CurrentProperties(environment).properties()).isSameAs(SafeProperties.DEFAULTS);
    }

    @ParameterizedTest
    @CsvSource({"safe.unguarded", "SAFE_UNGUARDED", "safe.un-guarded"}) // all of them the same
    void shouldFindWhatIsSetByAnyName(String name) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(name, "fail")));
        ConfigurationPropertySources.attach(environment);
        assertThat(new CurrentProperties(environment).properties().unguarded())
                .isEqualTo(SafeProperties.Unguarded.FAIL);
    }

    @Test
    void shouldInheritFieldByField() {
        runner.withPropertyValues(
                        "safe.phases.poll.quarantine.window=1h",
                        "safe.phases.poll.quarantine.threshold=7",
                        "safe.extensions[network.udp].phases.poll.quarantine.threshold=20")
                .run(context -> {
                    ExtensionGuard guard = context.getBean(ExtensionGuard.class);
                    assertThat(callsUntilQuarantine(
                                    guard, "network.udp", context.getBean("udp", ExtensionCapability.class)))
                            .isEqualTo(20);
                    assertThat(callsUntilQuarantine(guard, "http", context.getBean("http", ExtensionCapability.class)))
                            .isEqualTo(7);
                    assertThat(guard.snapshot("network.udp")
                                    .orElseThrow()
                                    .phase(Phase.POLL)
                                    .quarantine()
                                    .reason())
                            .isEqualTo("20 panics within 1h, last java.lang.IllegalStateException");
                });
    }

    @Test
    void shouldThrowWherePolicySaysSo() {
        runner.withPropertyValues("safe.phases.poll.on-panic=throw").run(context -> assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> context.getBean("udp", ExtensionCapability.class)
                                        .poll()))
                .isInstanceOf(ExtensionPanicException.class)
                .hasMessage("extension \"network.udp\" panic during poll: java.lang.IllegalStateException: boom"));
    }

    @Test
    void shouldPassTypesThrough() {
        runner.withPropertyValues("safe.pass-through=java.lang.IllegalStateException")
                .run(context -> assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                () -> context.getBean("udp", ExtensionCapability.class)
                                        .poll()))
                        .isExactlyInstanceOf(IllegalStateException.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "safe.phases.poll.quarantine.threshold | 0 | safe.phases.poll.quarantine.threshold |"
                        + " must be at least 1 and at most 10000",
                "safe.phases.poll.quarantine.max-backoff | 1ms | safe.phases.poll.quarantine.max-backoff |"
                        + " must be at least 'initial-backoff' (1s, built in)",
                "safe.phases.poll.budget.on-overrun | interrupt | safe.phases.poll.budget.on-overrun |"
                        + " must be 'report' where 'limit' is 0",
                "safe.phases.host.log.burst | -1 | safe.phases.host.log.burst | must be at least 0",
                "safe.phases.setup.quarantine.enabled | true | safe.phases.setup.quarantine.enabled |"
                        + " must be false for setup and teardown",
                "safe.phases.setup.errors | java.lang.String | safe.phases.setup.errors |"
                        + " must name types of Throwable",
                "safe.extensions[a.b].phases.poll.quarantine.jitter | 3 |"
                        + " safe.extensions[a.b].phases.poll.quarantine.jitter | must be at least 0 and at most 1"
            })
    void shouldExplainABadValue(String property, String value, String key, String rule) {
        runner.withPropertyValues(property + "=" + value).run(context -> {
            InvalidSafePropertyException invalid =
                    find(context.getStartupFailure(), InvalidSafePropertyException.class);
            FailureAnalysis analysis =
                    new InvalidSafePropertyFailureAnalyzer().analyze(context.getStartupFailure(), invalid);
            assertThat(analysis.getDescription())
                    .startsWith("The property '" + key + "' has the value '")
                    .contains(rule);
            assertThat(analysis.getAction()).isEqualTo("Change the value of '" + key + "'.");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "safe.phases.pol.on-panic, throw",
        "safe.phases.poll.quarantine.treshold, 3",
        "safe.extensions[network.udp].phases.poll.qarantine.threshold, 3",
        "safe.phases.poll.on-panic, explode",
        "safe.pass-through, com.acme.Gone"
    })
    void shouldFailForAnUnknownKeyOrValue(String property, String value) {
        runner.withPropertyValues(property + "=" + value)
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("safe."));
    }

    @Test
    void shouldNotMindEnvironmentVariablesOfOtherPrograms() {
        runner.withSystemProperties("safe.home=elsewhere")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void shouldWarnOfPoliciesForNobody(CapturedOutput output) {
        runner.withPropertyValues("safe.extensions[network.upd].phases.poll.on-panic=throw")
                .run(context -> assertThat(output)
                        .contains("'safe.extensions[network.upd]' matches no extension, there is [")
                        .contains("network.udp"));
    }

    @Test
    void shouldNotCallALazyExtensionMissing(CapturedOutput output) {
        runner.withPropertyValues("safe.extensions[lazy].phases.poll.on-panic=throw")
                .withBean(
                        "lazyBean",
                        ExtensionCapability.class,
                        () -> new Panicking("lazy"),
                        definition -> definition.setLazyInit(true))
                .run(context -> {
                    assertThat(output).doesNotContain("matches no extension");
                    assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                    () -> context.getBean("lazyBean", ExtensionCapability.class)
                                            .poll()))
                            .isInstanceOf(ExtensionPanicException.class);
                });
        runner.withPropertyValues(
                        "safe.extensions[lazy].phases.poll.on-panic=throw", "spring.main.lazy-initialization=true")
                .withBean(
                        "prototype",
                        ExtensionCapability.class,
                        () -> new Panicking("lazy"),
                        definition -> definition.setScope("prototype"))
                .run(context -> assertThat(output).doesNotContain("matches no extension"));
    }

    @Test
    void shouldWarnOnceTheLastLazyExtensionHasTurnedOutToBeAnother(CapturedOutput output) {
        runner.withPropertyValues("safe.extensions[missing].phases.poll.on-panic=throw")
                .withBean(
                        "lazyBean",
                        ExtensionCapability.class,
                        () -> new Panicking("lazy"),
                        definition -> definition.setLazyInit(true))
                .run(context -> {
                    context.getBean("lazyBean");
                    for (int i = 0; i < 2; i++) {
                        context.publishEvent(new ApplicationReadyEvent(
                                new SpringApplication(),
                                new String[0],
                                context.getSourceApplicationContext(ConfigurableApplicationContext.class),
                                null));
                    }
                    assertThat(output.getAll().split("'safe.extensions\\[missing]' matches no extension", -1))
                            .hasSize(2);
                });
    }

    @Test
    void shouldLeaveTheGuardOfTheHostAlone(CapturedOutput output) {
        runner.withBean(ExtensionGuard.class, ExtensionGuard::ofDefaults)
                .withPropertyValues("safe.phases.poll.on-panic=throw")
                .run(context -> {
                    context.publishEvent(new EnvironmentChangeEvent(context, Set.of("safe")));
                    assertThat(context.getBean("udp", ExtensionCapability.class).poll())
                            .isNull();
                });
    }

    @Test
    void shouldKeepThePoliciesWhereARefreshBringsInvalidOnes(CapturedOutput output) {
        runner.withPropertyValues("safe.phases.poll.log.burst=7").run(context -> {
            ExtensionGuard guard = context.getBean(ExtensionGuard.class);
            refresh(context, "safe.phases.poll.log.burst", "-1");
            assertThat(guard.policy("http", Phase.POLL).log().burst()).isEqualTo(7);
            assertThat(context.getBean(CurrentProperties.class)
                            .properties()
                            .phases()
                            .poll()
                            .log()
                            .burst())
                    .isEqualTo(7);
            assertThat(output)
                    .contains(
                            "Policies under 'safe' stay as they were: The property 'safe.phases.poll.log.burst' has the"
                                    + " value '-1'. It must be at least 0. It is set in the property source \"refreshed\"."
                                    + " Change the value of 'safe.phases.poll.log.burst'.")
                    .doesNotContain("bound anew");
            refresh(context, "safe.extensions.hppt.phases.poll.log.burst", "8");
            assertThat(output)
                    .contains("Policies under 'safe' have been bound anew")
                    .contains("'safe.extensions[hppt]' matches no extension, there is [http, network.udp]");
        });
    }

    private static void refresh(ConfigurableApplicationContext context, String key, String value) {
        MutablePropertySources sources = context.getEnvironment().getPropertySources();
        sources.remove("refreshed");
        sources.addFirst(new MapPropertySource("refreshed", Map.of(key, value)));
        context.publishEvent(new EnvironmentChangeEvent(context, Set.of(key)));
    }

    private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        throw new AssertionError("no " + type.getSimpleName(), failure);
    }
}
