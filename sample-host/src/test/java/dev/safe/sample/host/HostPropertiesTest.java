package dev.safe.sample.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class HostPropertiesTest {

    @EnableConfigurationProperties(HostProperties.class)
    static class Configuration {}

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Configuration.class);

    @Test
    void shouldHaveDefaultsForAllButTheCells() {
        runner.withPropertyValues("host.cells.one.module=echo").run(context -> {
            HostProperties properties = context.getBean(HostProperties.class);
            assertThat(properties.udpPort()).isEqualTo(9999);
            assertThat(properties.udpAddress()).isEqualTo("127.0.0.1");
            assertThat(properties.cells().get("one").extensions()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "queue-capacity=0          | 'host.queue-capacity' must be at least 1, got 0",
                "max-payload=65508         | 'host.max-payload' must be between 1 and 65507, got 65508",
                "udp-port=-1               | 'host.udp-port' must be between 0 and 65535, got -1",
                "step-deadline=0s          | 'host.step-deadline' must be at least 1ms, got PT0S",
                "start-deadline=0s         | 'host.start-deadline' must be at least 1ms, got PT0S",
                "reply-deadline=-1s        | 'host.reply-deadline' must be at least 1ms, got PT-1S",
                "tick=1us                  | 'host.tick' must be at least 1ms, got PT0.000001S",
                "cells.two.extensions=chaos| each of 'host.cells' must have a 'module'"
            })
    void shouldRefuse(String property, String message) {
        runner.withPropertyValues("host.cells.one.module=echo", "host." + property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessage(message));
    }

    @Test
    void shouldRefuseAHostWithoutCells() {
        runner.run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessage("'host.cells' must name at least one cell, got {}"));
    }
}
