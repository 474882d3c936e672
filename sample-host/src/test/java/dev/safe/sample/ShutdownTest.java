package dev.safe.sample;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.ExtensionGuard;
import dev.safe.ExtensionSnapshot;
import dev.safe.ExtensionState;
import dev.safe.sample.cell.CellSnapshot;
import dev.safe.sample.cell.CellState;
import dev.safe.sample.host.Cells;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The host stops from the outside in: the web server, then the extensions, then the cells. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class ShutdownTest {

    private ConfigurableApplicationContext context;
    private Client client;

    @Test
    void shouldAnswerWhatItHasTakenBeforeItStops(CapturedOutput output) throws Exception {
        context = SpringApplication.run(
                SampleHostApplication.class,
                "--server.port=0",
                "--host.udp-port=0",
                "--host.step-deadline=5s",
                "--safe.extensions.chaos.phases.host.budget.limit=1s");
        client = new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
        ExtensionGuard guard = context.getBean(ExtensionGuard.class);
        Cells cells = context.getBean(Cells.class);

        // The step before the request takes a second, and the host is told to stop meanwhile.
        client.chaos("host", "hang", 1);
        await().atMost(10, SECONDS).until(() -> client.get("/chaos").body().contains("\"times\":0"));
        CompletableFuture<HttpResponse<String>> answer = client.postLater("/cells/victim", "at last");
        await().atMost(10, SECONDS).until(() -> activeRequests() == 1);
        context.close();

        assertThat(answer.join().statusCode()).isEqualTo(200);
        assertThat(answer.join().body()).isEqualTo("at last");
        assertThat(guard.snapshots())
                .hasSize(5) // the console, which has host functions only, among them
                .filteredOn(extension -> !extension.name().equals("console"))
                .extracting(ExtensionSnapshot::state)
                .containsOnly(ExtensionState.STOPPED);
        assertThat(cells.snapshots().values())
                .hasSize(3)
                .extracting(CellSnapshot::state)
                .containsOnly(CellState.STOPPED);
        assertThat(output.getAll()).doesNotContain("left behind").doesNotContain("did not");
    }

    private long activeRequests() {
        return context
                .getBean(MeterRegistry.class)
                .find("http.server.requests.active")
                .tag("method", "POST")
                .longTaskTimers()
                .stream()
                .mapToLong(LongTaskTimer::activeTasks)
                .sum();
    }
}
