package dev.safe.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.safe.ExtensionGuard;
import dev.safe.OnPanic;
import dev.safe.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What Boot prints if there is a mistake in a file. */
@ExtendWith(OutputCaptureExtension.class)
class InvalidPropertiesTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Host {}

    @TempDir
    private Path directory;

    private ConfigurableApplicationContext start(String yaml, String... arguments) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yml"), yaml);
        SpringApplication application = new SpringApplication(Host.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(
                Stream.concat(Stream.of("--spring.config.location=" + file.toUri()), Arrays.stream(arguments))
                        .toArray(String[]::new));
    }

    /** Checks what Boot prints. In {@code expected}, FILE stands for the origin of the file up to the line. */
    private void assertThatStartFails(CapturedOutput output, String yaml, String expected, String... arguments) {
        assertThatThrownBy(() -> start(yaml, arguments).close()).isInstanceOf(Exception.class);
        assertThat(output.getAll()
                        .replace(
                                "URL ["
                                        + directory
                                                .resolve("application.yml")
                                                .toUri()
                                                .toString()
                                                .replace("///", "/") + "] - ",
                                "FILE:"))
                .contains("APPLICATION FAILED TO START")
                .contains("Description:\n\n" + expected)
                .doesNotContain("Bindable@");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("""
                        safe.enabled: ${gone}
                        """, """
                        The property 'safe.enabled' has the value '${gone}'. It must be true, on, yes or 1, or false, off, no or 0.

                        It is set in FILE:1:15.

                        Action:

                        Change the value of 'safe.enabled'.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.hold: ${safe.phases.poll.quarantine.hold}
                        """, """
                        The property 'safe.phases.poll.quarantine.hold' has the value '${safe.phases.poll.quarantine.hold}'. It must not have placeholders that lead back to it.

                        It is set in FILE:1:35.

                        Action:

                        Change the value of 'safe.phases.poll.quarantine.hold'.
                        """),
                arguments("""
                        safe.pass-through[1]: java.io.IOException
                        """, """
                        The property 'safe.pass-through[1]' has the value 'java.io.IOException'. The elements of a list must be numbered from 0, without a gap.

                        It is set in FILE:1:23.

                        Action:

                        Change the number in 'safe.pass-through[1]'.
                        """),
                arguments("""
                        safe.phases.pol.on-panic: throw
                        """, """
                        The property 'safe.phases.pol.on-panic' has the value 'throw'. There is no such property.

                        It is set in FILE:1:27.

                        Action:

                        Did you mean 'safe.phases.poll.on-panic'?
                        """),
                arguments("""
                        safe:
                          phases:
                            poll:
                              quarantine:
                                treshhold: 3
                        """, """
                        The property 'safe.phases.poll.quarantine.treshhold' has the value '3'. There is no such property.

                        It is set in FILE:5:20.

                        Action:

                        Did you mean 'safe.phases.poll.quarantine.threshold'?
                        """),
                arguments("""
                        safe.extensions:
                          "[network.udp]":
                            phases:
                              poll:
                                quarantine:
                                  backoff: 3s
                        """, """
                        The property 'safe.extensions[network.udp].phases.poll.quarantine.backoff' has the value '3s'. There is no such property.

                        It is set in FILE:6:20.

                        Action:

                        Did you mean 'safe.extensions[network.udp].phases.poll.quarantine.max-backoff'?
                        """),
                arguments("""
                        safe.threads: 4
                        """, """
                        The property 'safe.threads' has the value '4'. There is no such property.

                        It is set in FILE:1:15.

                        Action:

                        Remove it, or use what exists in its place: enabled, pass-through, unguarded, metrics, health, phases, supervisor, extensions.
                        """),
                arguments("""
                        safe.phases.poll.onPanic: explode
                        """, """
                        The property 'safe.phases.poll.onPanic' has the value 'explode'. It must be suppress or throw.

                        It is set in FILE:1:27.

                        Action:

                        Change the value of 'safe.phases.poll.onPanic'.
                        """),
                arguments("""
                        safe.phases.poll.log.stack-trace: sometimes
                        """, """
                        The property 'safe.phases.poll.log.stack-trace' has the value 'sometimes'. It must be once, always or never.

                        It is set in FILE:1:35.

                        Action:

                        Change the value of 'safe.phases.poll.log.stack-trace'.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.window: ten seconds
                        """, """
                        The property 'safe.phases.poll.quarantine.window' has the value 'ten seconds'. It must be a duration, such as 250ms, 10s or 5m.

                        It is set in FILE:1:37.

                        Action:

                        Change the value of 'safe.phases.poll.quarantine.window'.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.threshold: many
                        """, """
                        The property 'safe.phases.poll.quarantine.threshold' has the value 'many'. It must be a whole number.

                        It is set in FILE:1:40.

                        Action:

                        Change the value of 'safe.phases.poll.quarantine.threshold'.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.jitter: some
                        """, """
                        The property 'safe.phases.poll.quarantine.jitter' has the value 'some'. It must be a number.

                        It is set in FILE:1:37.

                        Action:

                        Change the value of 'safe.phases.poll.quarantine.jitter'.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.enabled: maybe
                        """, """
                        The property 'safe.phases.poll.quarantine.enabled' has the value 'maybe'. It must be true, on, yes or 1, or false, off, no or 0.

                        It is set in FILE:1:38.

                        Action:

                        Change the value of 'safe.phases.poll.quarantine.enabled'.
                        """),
                arguments("""
                        safe.enabled: maybe
                        """, """
                        The property 'safe.enabled' has the value 'maybe'. It must be true, on, yes or 1, or false, off, no or 0.

                        It is set in FILE:1:15.

                        Action:

                        Change the value of 'safe.enabled'.
                        """),
                arguments("""
                        safe.pass-through: java.io.UncheckedIOException, com.acme.Gone
                        """, """
                        The property 'safe.pass-through' has the value 'java.io.UncheckedIOException, com.acme.Gone'. It must name classes of the application, and there is no com.acme.Gone.

                        It is set in FILE:1:20.

                        Action:

                        Change the value of 'safe.pass-through'.
                        """),
                arguments("""
                        safe:
                          pass-through:
                          - java.io.UncheckedIOException
                          - com.acme.Gone
                        """, """
                        The property 'safe.pass-through[1]' has the value 'com.acme.Gone'. It must name classes of the application, and there is no com.acme.Gone.

                        It is set in FILE:4:5.

                        Action:

                        Change the value of 'safe.pass-through[1]'.
                        """),
                arguments("""
                        safe:
                          pass-through:
                          - java.io.UncheckedIOException
                          - java.lang.Error
                        """, """
                        The property 'safe.pass-through[1]' has the value 'java.lang.Error'. It must not name Throwable, Exception, RuntimeException or Error: no panic would be contained.

                        It is set in FILE:4:5.

                        Action:

                        Change the value of 'safe.pass-through[1]'.
                        """),
                arguments("""
                        safe.pass-through: "  "
                        """, """
                        The property 'safe.pass-through' has the value '  '. It must name classes, and one of the names is blank.

                        It is set in FILE:1:20.

                        Action:

                        Change the value of 'safe.pass-through'.
                        """),
                arguments("""
                        safe.phases.setup.errors:
                        - java.io.IOException
                        - " "
                        """, """
                        The property 'safe.phases.setup.errors[1]' has the value ' '. It must name classes, and one of the names is blank.

                        It is set in FILE:3:3.

                        Action:

                        Change the value of 'safe.phases.setup.errors[1]'.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.threshold: 0
                        """, """
                        The property 'safe.phases.poll.quarantine.threshold' has the value '0'. It must be at least 1 and at most 10000.

                        It is set in FILE:1:40.

                        Action:

                        Change the value of 'safe.phases.poll.quarantine.threshold'.
                        """),
                arguments("""
                        safe.phases.poll.log.interval: -60s
                        """, """
                        The property 'safe.phases.poll.log.interval' has the value '-60s'. It must be more than 0.

                        It is set in FILE:1:32.

                        Action:

                        Change the value of 'safe.phases.poll.log.interval'.
                        """));
    }

    /** The nearest key is one that would be refused in its turn. */
    static Stream<Arguments> mistakesBesideKeysWithoutEffect() {
        return Stream.of(arguments("""
                        safe.phases.poll.nope: 1
                        """, """
                        The property 'safe.phases.poll.nope' has the value '1'. There is no such property.

                        It is set in FILE:1:24.

                        Action:

                        Remove it, or use what exists in its place: on-panic, log, quarantine, budget.
                        """), arguments("""
                        safe.extensions.chaos.phases.setup.quarantine.treshold: 3
                        """, """
                        The property 'safe.extensions.chaos.phases.setup.quarantine.treshold' has the value '3'. There is no such property.

                        It is set in FILE:1:57.

                        Action:

                        Remove it, or use what exists in its place: enabled.
                        """), arguments("""
                        safe.supervisor.extensions.udp.phases.poll.errors: java.io.IOException
                        """, """
                        The property 'safe.supervisor.extensions.udp.phases.poll.errors' has the value 'java.io.IOException'. There is no such property.

                        It is set in FILE:1:52.

                        Action:

                        Remove it, or use what exists in its place: depends-on, config.
                        """), arguments("""
                        safe.phases.teardown.error: java.io.IOException
                        """, """
                        The property 'safe.phases.teardown.error' has the value 'java.io.IOException'. There is no such property.

                        It is set in FILE:1:29.

                        Action:

                        Did you mean 'safe.phases.teardown.errors'?
                        """));
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                arguments("""
                        safe.phases.poll.quarantine.initial-backoff: 10m
                        """, """
                        The property 'safe.phases.poll.quarantine.initial-backoff' has the value '10m'. It must be at most 'max-backoff' (5m, built in).

                        It is set in FILE:1:46.
                        """),
                arguments("""
                        safe.phases.poll.quarantine.maxBackoff: 1ms
                        """, """
                        The property 'safe.phases.poll.quarantine.maxBackoff' has the value '1ms'. It must be at least 'initial-backoff' (1s, built in).

                        It is set in FILE:1:41.
                        """),
                arguments("""
                        safe.phases.poll.quarantine: { initial-backoff: 90s, max-backoff: 1m }
                        """, """
                        The property 'safe.phases.poll.quarantine.max-backoff' has the value '1m'. It must be at least 'initial-backoff' (90s).

                        It is set in FILE:1:67.
                        """),
                arguments("""
                        safe:
                          phases.poll.quarantine.max-backoff: 30s
                          extensions.chaos.phases.poll.quarantine.initial-backoff: 1m
                        """, """
                        The property 'safe.extensions.chaos.phases.poll.quarantine.initial-backoff' has the value '1m'. It must be at most 'max-backoff' (30s, by 'safe.phases.poll.quarantine.max-backoff').

                        It is set in FILE:3:60.
                        """),
                arguments("""
                        safe:
                          phases.poll.quarantine.initial-backoff: 30s
                          extensions.chaos.phases.poll.quarantine.max-backoff: 20s
                        """, """
                        The property 'safe.extensions.chaos.phases.poll.quarantine.max-backoff' has the value '20s'. It must be at least 'initial-backoff' (30s, by 'safe.phases.poll.quarantine.initial-backoff').

                        It is set in FILE:3:56.
                        """),
                arguments("""
                        safe.phases.poll.budget.on-overrun: interrupt
                        """, """
                        The property 'safe.phases.poll.budget.on-overrun' has the value 'interrupt'. It must be 'report' where 'limit' is 0.

                        It is set in FILE:1:37.
                        """),
                arguments("""
                        safe:
                          phases.poll.budget: { limit: 1s, on-overrun: interrupt }
                          extensions.chaos.phases.poll.budget.limit: 0s
                        """, """
                        The property 'safe.extensions.chaos.phases.poll.budget.limit' has the value '0s'. It must be more than 0 where 'on-overrun' is interrupt, by 'safe.phases.poll.budget.on-overrun'.

                        It is set in FILE:3:46.
                        """),
                arguments("""
                        safe.phases.setup.quarantine.enabled: true
                        """, """
                        The property 'safe.phases.setup.quarantine.enabled' has the value 'true'. It must be false for setup and teardown, which are never rejected.

                        It is set in FILE:1:39.
                        """),
                arguments("""
                        safe.extensions.chaos.phases.teardown.quarantine.threshold: 3
                        """, """
                        The property 'safe.extensions.chaos.phases.teardown.quarantine.threshold' has the value '3'. It must not be set for setup and teardown, which are never rejected.

                        It is set in FILE:1:61.

                        Action:

                        Remove it.
                        """),
                arguments("""
                        safe.phases.host.errors: java.io.UncheckedIOException
                        """, """
                        The property 'safe.phases.host.errors' has the value 'java.io.UncheckedIOException'. It must not be set but for setup and teardown, which alone return errors.

                        It is set in FILE:1:26.

                        Action:

                        Remove it.
                        """));
    }

    static Stream<Arguments> names() {
        return Stream.of(
                arguments("""
                        safe.supervisor.extensions:
                          network.http:
                            dependsOn: network.udp
                        """, """
                        The property 'safe.supervisor.extensions.network.http.dependsOn' has the value 'network.udp'. The name of an extension that has dots needs brackets.

                        It is set in FILE:3:16.

                        Action:

                        Write 'safe.supervisor.extensions[network.http].depends-on', or "[network.http]": in YAML.
                        """),
                arguments("""
                        safe.supervisor.extensions.network.http.config.port: 80
                        """, """
                        The property 'safe.supervisor.extensions.network.http.config.port' has the value '80'. The name of an extension that has dots needs brackets.

                        It is set in FILE:1:54.

                        Action:

                        Write 'safe.supervisor.extensions[network.http].config.port', or "[network.http]": in YAML.
                        """),
                arguments("""
                        "safe.supervisor.extensions[network.udp].c]aons[network.udp].config": 80
                        """, """
                        The property 'safe.supervisor.extensions[network.udp].c]aons[network.udp].config' has the value '80'. An extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got "network.udp.c]aons[network.udp]".

                        It is set in FILE:1:71.

                        Action:

                        Change the name in the key to that of an extension.
                        """),
                arguments("""
                        "safe.extensions[udp].config.port": 53
                        """, """
                        The property 'safe.extensions[udp].config.port' has the value '53'. There is no such property.

                        It is set in FILE:1:37.

                        Action:

                        Did you mean 'safe.supervisor.extensions[udp].config'?
                        """),
                arguments("""
                        safe.supervisor.extensions.udp.phases.poll.on-panic: throw
                        """, """
                        The property 'safe.supervisor.extensions.udp.phases.poll.on-panic' has the value 'throw'. There is no such property.

                        It is set in FILE:1:54.

                        Action:

                        Did you mean 'safe.extensions[udp].phases.poll.on-panic'?
                        """),
                arguments("""
                        "safe.extensions.network.udp.phases.poll.th]resh.threshold": 5
                        """, """
                        The property 'safe.extensions.network.udp.phases.poll.th]resh.threshold' has the value '5'. There is no such property.

                        It is set in FILE:1:62.

                        Action:

                        Did you mean 'safe.extensions[network].phases.poll.quarantine.threshold' or 'safe.extensions[network].phases.poll.quarantine.hold'?
                        """),
                arguments("""
                        "safe.extensions.[network.udp].phases.poll.on-panic": throw
                        """, """
                        The property 'safe.extensions.[network.udp].phases.poll.on-panic' has the value 'throw'. A name in brackets must not have a dot before it.

                        It is set in FILE:1:55.

                        Action:

                        Write 'safe.extensions[network.udp].phases.poll.on-panic'.
                        """),
                arguments("""
                        safe.extensions:
                          network.udp:
                            phases.poll:
                              onPanic: throw
                        """, """
                        The property 'safe.extensions.network.udp.phases.poll.onPanic' has the value 'throw'. The name of an extension that has dots needs brackets.

                        It is set in FILE:4:16.

                        Action:

                        Write 'safe.extensions[network.udp].phases.poll.on-panic', or "[network.udp]": in YAML.
                        """),
                arguments("""
                        safe.extensions:
                          my extension:
                            phases.poll.on-panic: throw
                        """, """
                        The property 'safe.extensions.my extension.phases.poll.on-panic' has the value 'throw'. An extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got "my extension".

                        It is set in FILE:3:27.

                        Action:

                        Change the name in the key to that of an extension.
                        """),
                arguments("""
                        safe.extensions:
                          "[my extension]":
                            phases.poll.on-panic: throw
                        """, """
                        The property 'safe.extensions[my extension].phases.poll.on-panic' has the value 'throw'. An extension's name must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, got "my extension".

                        It is set in FILE:3:27.

                        Action:

                        Change the name in the key to that of an extension.
                        """));
    }

    static Stream<Arguments> groups() {
        return Stream.of(
                arguments("""
                        safe: off
                        """, """
                        The property 'safe' has the value 'false'. It has no value of its own, but settings below it: enabled, pass-through, unguarded, metrics, health, phases, supervisor, extensions.

                        It is set in FILE:1:7.

                        Action:

                        Set 'safe.enabled' in its place.
                        """),
                arguments("""
                        safe.phases.poll.quarantine: off
                        """, """
                        The property 'safe.phases.poll.quarantine' has the value 'false'. It has no value of its own, but settings below it: enabled, threshold, window, initial-backoff, max-backoff, multiplier, jitter, max-trips, overruns, hold.

                        It is set in FILE:1:30.

                        Action:

                        Set 'safe.phases.poll.quarantine.enabled' in its place.
                        """),
                arguments("""
                        safe:
                          phases:
                            poll:
                              budget: 10s
                        """, """
                        The property 'safe.phases.poll.budget' has the value '10s'. It has no value of its own, but settings below it: limit, on-overrun.

                        It is set in FILE:4:15.

                        Action:

                        Set one of its settings in its place.
                        """),
                arguments("""
                        safe.extensions: chaos
                        """, """
                        The property 'safe.extensions' has the value 'chaos'. It has no value of its own, but the names of extensions below it.

                        It is set in FILE:1:18.

                        Action:

                        Remove the value.
                        """),
                arguments("""
                        safe.supervisor.extensions:
                          "[network.udp]":
                            config: 80
                        """, """
                        The property 'safe.supervisor.extensions[network.udp].config' has the value '80'. It has no value of its own, but the extension's own keys below it.

                        It is set in FILE:3:13.

                        Action:

                        Set one of them, such as 'safe.supervisor.extensions[network.udp].config.port'.
                        """));
    }

    static Stream<Arguments> settingsOfTheActuator() {
        return Stream.of(arguments("""
                        safe.health.failed-status: BROKEN
                        """, """
                        The property 'safe.health.failed-status' has the value 'BROKEN'. It must be up, down, out-of-service or unknown.

                        It is set in FILE:1:28.
                        """), arguments("""
                        safe.health.quarantined-status: red
                        management.health.extensions.enabled: false
                        """, """
                        The property 'safe.health.quarantined-status' has the value 'red'. It must be up, down, out-of-service or unknown.

                        It is set in FILE:1:33.
                        """), arguments("""
                        management.endpoint.extensions.show-values: yes
                        """, """
                        The property 'management.endpoint.extensions.show-values' has the value 'true'. It must be never, when-authorized or always.

                        It is set in FILE:1:45.
                        """), arguments("""
                        management.endpoint.extensions:
                          access: none
                          show-values: seldom
                        """, """
                        The property 'management.endpoint.extensions.show-values' has the value 'seldom'. It must be never, when-authorized or always.

                        It is set in FILE:3:16.
                        """));
    }

    @ParameterizedTest
    @MethodSource({
        "mistakes",
        "mistakesBesideKeysWithoutEffect",
        "contradictions",
        "names",
        "groups",
        "settingsOfTheActuator"
    })
    void shouldExplain(String yaml, String expected, CapturedOutput output) {
        assertThatStartFails(output, yaml, expected);
    }

    @Test
    void shouldNameTheCommandLineAsTheOrigin(CapturedOutput output) {
        assertThatStartFails(output, "", """
                The property 'safe.phases.poll.onpanic' has the value 'never'. It must be suppress or throw.

                It is set in the property source "commandLineArgs".
                """, "--safe.phases.poll.onpanic=never");
    }

    @Test
    void shouldBlameTheSourceThatIsInEffect(CapturedOutput output) {
        assertThatStartFails(
                output, "safe.phases.poll.quarantine.threshold: 7", """
                The property 'safe.phases.poll.quarantine.threshold' has the value '0'. It must be at least 1 and at most 10000.

                It is set in the property source "commandLineArgs".
                """, "--safe.phases.poll.quarantine.threshold=0");
    }

    @Test
    void shouldResolvePlaceholders(CapturedOutput output) {
        assertThatStartFails(output, "safe.phases.poll.on-panic: ${acme.reaction:explode}", """
                The property 'safe.phases.poll.on-panic' has the value 'explode'. It must be suppress or throw.
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "safe.phases.poll.quarantine:",
                "safe:",
                "safe.extensions:",
                "safe.extensions.chaos:",
                "safe: { phases: { poll: { log: , quarantine: { hold: , threshold: 7 } } } }",
                "safe.phases.setup.quarantine.enabled: false",
                "safe.phases.setup.quarantine.hold:",
                "safe.phases.setup.errors: [java.io.UncheckedIOException, java.util.NoSuchElementException]",
                "safe.health.failed-status: out_of_service",
                "safe.extensions.Chaos.phases.poll.on-panic: throw",
                "management.endpoint.extensions: { show-values: when_authorized, roles: [admin], access: read-only }"
            })
    void shouldTakeWhatIsSpelledInAnotherWayOrLeftEmpty(String yaml) throws IOException {
        start(yaml).close();
    }

    @Test
    void shouldReadNamesOfExtensionsAsTheyAreWritten() throws IOException {
        try (ConfigurableApplicationContext context = start("""
                safe.extensions:
                  Chaos.phases.poll.on-panic: throw
                  network_udp.phases.poll.on-panic: throw
                  time-tick.phases.setup.errors: [java.io.UncheckedIOException]
                  "[network.udp]": { phases: { poll: { on-panic: throw } } }
                """)) {
            assertThat(context.getBean(CurrentProperties.class).configuredExtensions())
                    .containsExactlyInAnyOrder("Chaos", "network_udp", "time-tick", "network.udp");
            for (String extension : List.of("Chaos", "network_udp", "network.udp")) {
                assertThat(context.getBean(ExtensionGuard.class)
                                .policy(extension, Phase.POLL)
                                .onPanic())
                        .isEqualTo(OnPanic.THROW);
            }
        }
    }

    private static SafeProperties bind(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        ConfigurationPropertySources.attach(environment);
        return new CurrentProperties(environment).properties();
    }

    @Test
    void shouldNotMindTheVariablesOfAServiceNamedSafe() {
        assertThat(bind(Map.of(
                                "SAFE_SERVICE_HOST", "10.0.0.1",
                                "SAFE_PORT_80_TCP_PROTO", "tcp",
                                "SAFE_METRICS_SERVICE_PORT", "80",
                                "SAFE_UNGUARDED", "fail"))
                        .unguarded())
                .isEqualTo(SafeProperties.Unguarded.FAIL);
    }

    @Test
    void shouldRefuseAValueOfThePrefixOnTheCommandLine(CapturedOutput output) {
        assertThatStartFails(output, "", """
                The property 'safe' has the value '1'. It has no value of its own, but settings below it: enabled, pass-through, unguarded, metrics, health, phases, supervisor, extensions.

                It is set in the property source "commandLineArgs".

                Action:

                Set 'safe.enabled' in its place.
                """, "--safe=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAFE", "safe"})
    void shouldNotMindAVariableNamedAsThePrefix(String variable) {
        assertThat(bind(Map.of(variable, "1"))).isEqualTo(SafeProperties.DEFAULTS);
        assertThat(bind(Map.of(variable, "1", "SAFE_UNGUARDED", "fail")).unguarded())
                .isEqualTo(SafeProperties.Unguarded.FAIL);
    }

    private static Map<String, Object> variablesOfService(String service) {
        return Map.ofEntries(
                Map.entry(service + "_SERVICE_HOST", "10.0.0.1"),
                Map.entry(service + "_SERVICE_PORT", "80"),
                Map.entry(service + "_SERVICE_PORT_HTTP", "80"),
                Map.entry(service + "_SERVICE_PORT_GRPC_WEB", "81"),
                Map.entry(service + "_PORT", "tcp://10.0.0.1:80"),
                Map.entry(service + "_PORT_80_TCP", "tcp://10.0.0.1:80"),
                Map.entry(service + "_PORT_80_TCP_PROTO", "tcp"),
                Map.entry(service + "_PORT_80_TCP_PORT", "80"),
                Map.entry(service + "_PORT_80_TCP_ADDR", "10.0.0.1"),
                Map.entry(service + "_PORT_53_UDP", "udp://10.0.0.1:53"),
                Map.entry(service + "_PORT_53_UDP_ADDR", "10.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SAFE",
                "SAFE_EXTENSIONS",
                "SAFE_EXTENSIONS_UDP",
                "SAFE_EXTENSIONS_UDP_PHASES",
                "SAFE_EXTENSIONS_UDP_PHASES_POLL",
                "SAFE_SUPERVISOR",
                "SAFE_SUPERVISOR_RESTART",
                "SAFE_SUPERVISOR_EXTENSIONS",
                "SAFE_SUPERVISOR_EXTENSIONS_UDP",
                "SAFE_PHASES",
                "SAFE_PHASES_POLL",
                "SAFE_PHASES_HOST",
                "SAFE_HEALTH",
                "SAFE_ENDPOINT",
                "SAFE_METRICS_TIMERS",
                "SAFE_ENABLED",
                "SAFE_PASSTHROUGH",
                "SAFE_PASS_THROUGH"
            })
    void shouldNotMindTheVariablesOfAnyServiceOfKubernetes(String service) {
        assertThat(bind(variablesOfService(service))).isEqualTo(SafeProperties.DEFAULTS);
        variablesOfService(service)
                .forEach((variable, value) ->
                        assertThat(bind(Map.of(variable, value))).as(variable).isEqualTo(SafeProperties.DEFAULTS));
    }

    @Test
    void shouldMindASettingNamedPortThatIsNoAddressOfAService() {
        assertThatThrownBy(() -> bind(Map.of("SAFE_SUPERVISOR_EXTENSIONS_UDP_PORT", "9999")))
                .isInstanceOf(InvalidSafePropertyException.class)
                .hasMessage("'SAFE_SUPERVISOR_EXTENSIONS_UDP_PORT' has the value '9999'. There is no such property.");
        assertThatThrownBy(() -> bind(Map.of("safe.extensions.service-host", "10.0.0.1")))
                .isInstanceOf(InvalidSafePropertyException.class);
    }

    @Test
    void shouldReadConfigurationThatIsNamedAsTheVariableOfAServiceIs() {
        assertThat(bind(Map.of("SAFE_SUPERVISOR_EXTENSIONS_UDP_CONFIG_SERVICE_HOST", "10.0.0.1"))
                        .supervisor()
                        .extensions())
                .containsEntry(
                        "udp", new SafeProperties.Supervised(List.of(), Map.of("service", Map.of("host", "10.0.0.1"))));
    }

    @Test
    void shouldMindAVariableThatCanOnlyBeMeantForSafe() {
        assertThatThrownBy(() -> bind(Map.of("SAFE_PHASES_POLL_QUARANTINE_TRESHOLD", "3")))
                .isInstanceOfSatisfying(InvalidSafePropertyException.class, invalid -> {
                    assertThat(invalid.description())
                            .isEqualTo("The property 'SAFE_PHASES_POLL_QUARANTINE_TRESHOLD' has the value '3'."
                                    + " There is no such property.\n\nIt is set in the environment.");
                    assertThat(invalid.action()).isEqualTo("Did you mean 'safe.phases.poll.quarantine.threshold'?");
                });
        assertThatThrownBy(() -> bind(Map.of("SAFE_EXTENSIONS_NETWORK_UDP_PHASES_POLL_ONPANIC", "throw")))
                .isInstanceOfSatisfying(InvalidSafePropertyException.class, invalid -> assertThat(invalid.action())
                        .isEqualTo("Write 'safe.extensions[network.udp].phases.poll.on-panic' in a file or on"
                                + " the command line: a variable's name cannot have brackets."));
        assertThatThrownBy(() -> bind(Map.of("SAFE_PHASES_POLL_ONPANIC", "never")))
                .isInstanceOfSatisfying(InvalidSafePropertyException.class, invalid -> assertThat(invalid.description())
                        .isEqualTo("The property 'SAFE_PHASES_POLL_ONPANIC' has the value 'never'."
                                + " It must be suppress or throw.\n\nIt is set in the environment."));
    }

    @Test
    void shouldNameAVariableWhereAVariableWasSet() {
        assertThatThrownBy(() -> bind(Map.of("SAFE_PHASES_POLL_QUARANTINE", "off")))
                .isInstanceOfSatisfying(InvalidSafePropertyException.class, invalid -> assertThat(invalid.action())
                        .isEqualTo("Set 'SAFE_PHASES_POLL_QUARANTINE_ENABLED' in its place."));
        assertThatThrownBy(() -> bind(Map.of("SAFE_SUPERVISOR_EXTENSIONS_UDP_CONFIG", "80")))
                .isInstanceOfSatisfying(InvalidSafePropertyException.class, invalid -> assertThat(invalid.action())
                        .isEqualTo("Set one of them, such as 'SAFE_SUPERVISOR_EXTENSIONS_UDP_CONFIG_PORT'."));
    }

    @Test
    void shouldListAFewNeighboursTheNearestFirst() {
        List<String> keys = PropertyTree.of(ConfigurationPropertyName.of("safe"), SafeProperties.class)
                .settings("a")
                .toList();
        assertThat(NearestKeys.of("safe.phases.pool.onpanik", keys.stream()))
                .containsExactly("safe.phases.poll.on-panic");
        assertThat(NearestKeys.of("safe.phases.xoll.log.burst", keys.stream()))
                .containsExactly("safe.phases.poll.log.burst");
        assertThat(NearestKeys.of("safe.nothing.of.the.kind", keys.stream())).isEmpty();
        assertThat(NearestKeys.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestKeys.distance("", "abc")).isEqualTo(3);
    }

    @Test
    void shouldNameTheKeyThatIsWrittenInTheJsonOfAnotherProperty(CapturedOutput output) {
        assertThatStartFails(
                output,
                "",
                """
                The property 'safe.phases.poll.quarantine.treshold' has the value '1'. There is no such property.

                It is set in "spring.application.json" from property source "commandLineArgs".

                Action:

                Did you mean 'safe.phases.poll.quarantine.threshold'?
                """,
                "--spring.application.json={\"safe\":{\"phases\":{\"poll\":{\"quarantine\":{\"treshold\":1}}}}}");
    }
}
