package dev.safe.sample.extension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
@Timeout(30)
class UdpNetworkTest {

    private final UdpNetwork udp = new UdpNetwork(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    private DatagramSocket user;

    @BeforeEach
    void open() throws IOException {
        udp.setup(new SetupEnv("network.udp", Path.of("target/storage"), Map.of()));
        user = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        user.setSoTimeout(5_000);
    }

    @AfterEach
    void close() throws IOException {
        Thread.interrupted();
        user.close();
        udp.teardown(new TeardownContext(Instant.now()));
    }

    @Test
    void shouldLogWhereItReceives(CapturedOutput output) throws IOException {
        assertThat(output).contains("Receives packets at /127.0.0.1:" + udp.port());
    }

    @Test
    void shouldSurviveAnInterruptOfTheCellThatSends() throws IOException {
        StepEvent packet = exchange("one");
        Thread.currentThread().interrupt();
        assertThat(udp.send(packet.id(), packet.payload())).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(received()).isEqualTo("one");
        assertThat(new String(exchange("two").payload(), UTF_8)).isEqualTo("two");
    }

    @Test
    void shouldForgetTheSenderWhenTheStepIsDone() throws IOException {
        StepEvent packet = exchange("one");
        udp.finalizeStep(packet.id());
        assertThat(udp.send(packet.id(), packet.payload())).isFalse();
        assertThat(udp.unsent()).isZero();
    }

    @Test
    void shouldCountWhatIsTooLargeToBeSent() throws IOException {
        StepEvent packet = exchange("one");
        assertThat(udp.send(packet.id(), new byte[17])).isFalse();
        assertThat(udp.unsent()).isEqualTo(1);
        assertThat(udp.send(packet.id(), new byte[16])).isTrue();
        assertThat(received()).hasSize(16);
        assertThat(udp.unsent()).isEqualTo(1);
    }

    private StepEvent exchange(String payload) throws IOException {
        byte[] bytes = payload.getBytes(UTF_8);
        user.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), udp.port()));
        return Objects.requireNonNull(await().atMost(5, SECONDS).until(udp::poll, Objects::nonNull));
    }

    private String received() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[64], 64);
        user.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), UTF_8);
    }
}
