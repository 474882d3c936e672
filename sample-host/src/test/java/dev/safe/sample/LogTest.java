package dev.safe.sample;

import static dev.safe.sample.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** What is left of thousands of panics in the log. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "host.udp-port=0",
            "safe.phases.poll.log.burst=3",
            "safe.phases.poll.log.interval=2s",
            "safe.extensions.chaos.phases.poll.quarantine.enabled=false"
        })
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class LogTest {

    private static final int PANICS = 2_000;

    @LocalServerPort
    private int port;

    @Test
    void shouldWriteABurstAndOneSummaryPerInterval(CapturedOutput output) throws Exception {
        Client client = new Client(port);
        long start = System.nanoTime();
        client.chaos("poll", "runtime", PANICS);
        eventually(() -> assertThat(client.meter("safe_extension_panics_total", "chaos", "poll"))
                .isEqualTo(PANICS));
        long intervals = 1 + (System.nanoTime() - start) / 2_000_000_000L;
        eventually(() -> assertThat(records(output) + silenced(output)).isEqualTo(PANICS));
        assertThat(records(output)).isBetween(3L, 3 * intervals);
        assertThat(summaries(output)).isBetween(1L, intervals);
        assertThat(output.toString().lines().filter(line -> line.contains(" ERROR ")))
                .hasSize((int) (records(output) + summaries(output)))
                .allMatch(line -> line.contains("extension=\"chaos\" phase=\"poll\""));
    }

    private static long records(CapturedOutput output) {
        return output.toString()
                .lines()
                .filter(line -> line.contains("extension poll panicked: chaos: "))
                .count();
    }

    private static long summaries(CapturedOutput output) {
        return output.toString().lines().filter(LogTest::isSummary).count();
    }

    /** How many panics the summaries speak of. */
    private static long silenced(CapturedOutput output) {
        return output.toString()
                .lines()
                .filter(LogTest::isSummary)
                .mapToLong(line -> Long.parseLong(line.replaceAll(".* panicked (\\d+) more times.*", "$1")))
                .sum();
    }

    private static boolean isSummary(String line) {
        return line.matches(".* panicked \\d+ more times.*");
    }
}
