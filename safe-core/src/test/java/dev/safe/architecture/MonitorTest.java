package dev.safe.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Checks that what is written at the end of the stack is written even if the interpreter throws at the first
 * instruction under a monitor: it checks for room once more after it has entered. In practice this takes a frame that
 * the JIT has merged and had to undo, and happens about once in a million crossings.
 */
@Tag("slow")
class MonitorTest {

    @ParameterizedTest
    @CsvSource({
        "dev.safe.Boundary, 6",
        "dev.safe.internal.hostfunction.CombinedHandle, 1",
        "dev.safe.internal.hostfunction.ProxyWrapperFactory$Guard, 1"
    })
    void shouldCatchWhatTheInterpreterThrowsWhenItHasEnteredAMonitor(String type, int monitors) throws IOException {
        List<String> found = new ArrayList<>();
        try (InputStream code = getClass()
                .getResourceAsStream("/".concat(type.replace('.', '/')).concat(".class"))) {
            new ClassReader(code)
                    .accept(
                            new ClassVisitor(Opcodes.ASM9) {
                                @Override
                                public MethodVisitor visitMethod(
                                        int access,
                                        String name,
                                        String descriptor,
                                        @Nullable String signature,
                                        String @Nullable [] exceptions) {
                                    return new Monitors(name, found);
                                }
                            },
                            ClassReader.SKIP_FRAMES);
        }

        assertThat(found).hasSize(monitors).allMatch(monitor -> monitor.endsWith(" catches java/lang/Throwable"));
    }

    /** Notes which handlers cover the first instruction under each monitor of a method. */
    private static final class Monitors extends MethodVisitor {

        private record Handler(Label start, @Nullable String type) {}

        private final String method;
        private final List<String> found;
        private final List<Handler> handlers = new ArrayList<>();
        private boolean entered;

        Monitors(String method, List<String> found) {
            super(Opcodes.ASM9);
            this.method = method;
            this.found = found;
        }

        @Override
        public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
            handlers.add(new Handler(start, type));
        }

        @Override
        public void visitInsn(int opcode) {
            entered = opcode == Opcodes.MONITORENTER;
        }

        @Override
        public void visitLabel(Label label) {
            if (entered) {
                entered = false;
                found.add(handlers.stream()
                        .filter(handler -> handler.start == label)
                        .findFirst()
                        .map(handler -> method + " catches " + handler.type)
                        .orElse(method));
            }
        }
    }
}
