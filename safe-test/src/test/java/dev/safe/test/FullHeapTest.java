package dev.safe.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.ExtensionGuard;
import dev.safe.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Fills the heap of a JVM of its own. */
class FullHeapTest {

    /** Runs in that JVM. */
    static final class Host {

        private Host() {}

        public static void main(String[] arguments) {
            ExtensionGuard guard = ExtensionGuard.ofDefaults();
            FaultyExtension faulty = FaultyExtension.builder("network.udp")
                    .inject(Phase.POLL, Faults.fullHeap(Long.MAX_VALUE), Schedule.times(1))
                    .build();
            boolean full = false;
            try {
                guard.callPoll(faulty);
            } catch (OutOfMemoryError rethrown) {
                full = !hasRoom(1 << 20);
                faulty.heal();
            }
            System.out.println("full " + full + ", freed " + hasRoom(16 << 20));
            System.out.println(
                    "counted " + guard.snapshots().get(0).phase(Phase.POLL).panics());
        }

        private static boolean hasRoom(int bytes) {
            try {
                return new byte[bytes].length == bytes;
            } catch (OutOfMemoryError full) {
                return false;
            }
        }
    }

    @Test
    void shouldFillTheHeapUntilItIsHealed() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Host.class.getName()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.lines().filter(line -> line.startsWith("counted") || line.startsWith("full")))
                .as(output)
                .containsExactly("full true, freed true", "counted 1");
    }
}
