package dev.safe.test;

import static dev.safe.test.GuardAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import dev.safe.Ticker;
import dev.safe.supervisor.ExtensionSupervisor;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class SupervisorAssertionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @RegisterExtension
    final GuardExtension guards = GuardExtension.configuredBy(guard -> guard.ticker(Ticker.system()));

    @Test
    void shouldAssertWhatASupervisorRunsAndDelivers(ExtensionGuard guard) {
        RecordingSink sink = RecordingSink.finishing();
        try (FaultyExtension udp = FaultyExtension.builder("network.udp")
                        .events("udp.packet")
                        .build();
                FaultyExtension http = FaultyExtension.builder("network.http").build();
                ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, sink)
                        .extension(http)
                        .extension(udp)
                        .dependsOn("network.http", "network.udp")
                        .build()) {
            supervisor.start();
            assertThat(supervisor).runs("network.udp").runsInOrder("network.udp", "network.http");
            assertThat(sink).within(PATIENCE).hasEventsOf("network.udp", 10);
            assertThat(guard).extension("network.udp").isRunning().hasRestarts(0);
            supervisor.restart("network.udp", "by hand");
            assertThat(guard)
                    .within(PATIENCE)
                    .extension("network.udp")
                    .hasRestarts(1)
                    .isRunning();
            assertThat(sink.events("network.http")).isEmpty();
            assertThat(sink.events()).isNotEmpty();

            assertThatThrownBy(() -> assertThat(supervisor).runs("network.tcp"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("\"network.tcp\"%nbut it runs%n  [network.udp, network.http]".formatted());
            assertThatThrownBy(() -> assertThat(supervisor).runsInOrder("network.http", "network.udp"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(
                            "[network.http, network.udp]%nbut it sets up%n  [network.udp, network.http]".formatted());
            assertThatThrownBy(() -> assertThat(sink).hasEventsOf("network.http", 1))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("1 events of \"network.http\"%nbut there are%n  0".formatted());
            assertThatThrownBy(() -> assertThat(guard).extension("network.udp").hasRestarts(2))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("2 restarts%nbut it has%n  1%n".formatted())
                    .hasMessageContaining(", restarted 1 times");
        }
    }

    @Test
    void shouldHoldEventsUntilToldOtherwise(ExtensionGuard guard) {
        RecordingSink sink = RecordingSink.holding();
        try (FaultyExtension udp = FaultyExtension.builder("network.udp")
                        .events("udp.packet")
                        .build();
                ExtensionSupervisor supervisor = ExtensionSupervisor.builder(guard, sink)
                        .extension(udp)
                        .maxInFlight(3)
                        .teardownDeadline(Duration.ofMillis(500))
                        .build()) {
            supervisor.start();
            assertThat(sink).within(PATIENCE).hasWaiting(3);
            assertThat(udp.finalized()).isZero();
            assertThat(udp.polled()).isEqualTo(3);
            sink.finishAll();
            assertThat(sink).within(PATIENCE).hasEventsOf("network.udp", 6);
            assertThat(udp.finalized()).isGreaterThanOrEqualTo(3);
            sink.finishAll();
        }
        assertThat(guard).extension("network.udp").isStopped().hasNoPanics(Phase.POLL);
    }
}
