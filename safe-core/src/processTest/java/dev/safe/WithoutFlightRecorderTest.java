package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.testing.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;

/** Runs without the module of Java Flight Recorder, without a recorder, and with one that comes late. */
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

    /** Starts a recording after the guard has dealt with panics, and then panics first at the end of the stack. */
    static final class LateRecording {

        private LateRecording() {}

        public static void main(String[] arguments) throws IOException {
            Panics.main(arguments);
            try (ExtensionGuard guard = ExtensionGuard.ofDefaults();
                    Recording recording = new Recording()) {
                recording.start();
                Recursion recursion = new Recursion(guard);
                System.out.println("polled: " + recursion.poll());
                for (int i = 0; i < 3; i++) {
                    guard.recoverHost("network.udp", "late", new IllegalStateException("late"));
                }
                Path file = Files.createTempFile("late", ".jfr");
                recording.dump(file);
                System.out.println("recorded: "
                        + RecordingFile.readAllEvents(file).stream()
                                .filter(event -> event.getEventType().getName().equals("dev.safe.Panic"))
                                .filter(event -> "late".equals(event.getString("function")))
                                .count());
                Files.delete(file);
            }
        }
    }

    /** Polls itself through the guard until the stack ends. */
    private static final class Recursion implements ExtensionCapability {

        private final ExtensionCapability guarded;

        Recursion(ExtensionGuard guard) {
            guarded = guard.guarded(this);
        }

        @Override
        public String name() {
            return "recursion";
        }

        @Override
        public @Nullable StepEvent poll() {
            return guarded.poll();
        }
    }

    private static JavaProcess process() {
        return process(Panics.class);
    }

    private static JavaProcess process(Class<?> main) {
        return new JavaProcess(main, ExtensionGuard.class, ClassWriter.class, NullMarked.class, Logger.class);
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

    @Test
    void shouldNotStartARecorderByItself() throws Exception {
        JavaProcess.Result result = process().with("-Xlog:class+load").run();
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output())
                .contains("panics: 5, rejected: 5", "jdk.jfr.FlightRecorder ")
                .doesNotContain("jdk.jfr.internal.MetadataRepository", "jdk.jfr.internal.PlatformRecorder");
    }

    @Test
    void shouldRecordForARecorderThatComesLateAndFindsNoStackLeft() throws Exception {
        JavaProcess.Result result = process(LateRecording.class).run();
        assertThat(result.exit()).as(result.output()).isZero();
        assertThat(result.output()).contains("polled: null", "recorded: 3");
    }
}
