package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.JavaProcess;
import java.util.function.IntSupplier;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/** Runs without the module of Java Flight Recorder, and shows nothing of our own preparations in a recording. */
@Tag("slow")
class WithoutFlightRecorderTest {

    /** Panics, is quarantined and released, and prints what was counted. */
    static final class Panics {

        private Panics() {}

        public static void main(String[] arguments) {
            System.out.println("flight recorder: "
                    + ModuleLayer.boot().findModule("jdk.jfr").isPresent());
            try (ExtensionGuard guard = ExtensionGuard.ofDefaults()) {
                ExtensionCapability extension = new ExtensionCapability() {
                    @Override
                    public String name() {
                        return "network.udp";
                    }

                    @Override
                    public StepEvent poll() {
                        throw new NoClassDefFoundError("netty");
                    }
                };
                for (int i = 0; i < 10; i++) {
                    guard.callPoll(extension);
                }
                guard.release("network.udp", Phase.POLL);
                IntSupplier function = guard.hostFunction("network.udp", "f", IntSupplier.class, () -> {
                    throw new StackOverflowError();
                });
                System.out.println("returned: " + function.getAsInt());
                PhaseSnapshot poll = guard.snapshot("network.udp").orElseThrow().phase(Phase.POLL);
                System.out.println("panics: " + poll.panics() + ", rejected: " + poll.rejected());
            }
        }
    }

    private static JavaProcess process() {
        return new JavaProcess(Panics.class, ExtensionGuard.class, ClassWriter.class, NullMarked.class, Logger.class);
    }

    @Test
    void shouldContainPanicsInARuntimeWithoutFlightRecorder() throws Exception {
        JavaProcess.Result result =
                process().with("--limit-modules", "java.base").run();
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("flight recorder: false", "returned: 0", "panics: 5, rejected: 5")
                .doesNotContain("jfr");
    }
}
