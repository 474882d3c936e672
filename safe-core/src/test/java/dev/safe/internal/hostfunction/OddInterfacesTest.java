package dev.safe.internal.hostfunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** Interfaces that the JVM accepts, and that can hardly be wrapped. */
class OddInterfacesTest {

    private final RecordingBoundary boundary = new RecordingBoundary();

    @Test
    void shouldRefuseAnInterfaceThatNamesAMissingClass() {
        Class<?> odd = define("com/acme/Odd", writer -> method(writer, "send", "(Lcom/acme/Gone;)V"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostInterface.of(odd))
                .withMessage("'type' must be an interface whose methods name only classes that its class loader finds,"
                        + " got com.acme.Odd: java.lang.NoClassDefFoundError: com/acme/Gone");
    }

    @Test
    void shouldProxyAnInterfaceWhoseNameLeavesNoRoomForASpunClass() throws Exception {
        String name = "com/acme/" + "A".repeat(65_500);
        Class<?> odd = define(name, writer -> method(writer, "send", "()V"));

        Object wrapper = wrap(odd);
        odd.getMethod("send").invoke(wrapper);

        assertThat(Proxy.isProxyClass(wrapper.getClass())).isTrue();
        assertThat(boundary.failures).hasSize(1);
    }

    @Test
    void shouldRefuseAnInterfaceThatNeitherASpunClassNorAProxyHasRoomFor() {
        Class<?> odd = define("com/acme/Odd", writer -> {
            for (int i = 0; i < 100; i++) {
                method(writer, "m" + i, "(%s)V".formatted("I".repeat(254)));
            }
        });
        HostInterface host = HostInterface.of(odd);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProxyWrapperFactory(host))
                .withMessageStartingWith("'type' must be an interface that a class can implement, got com.acme.Odd: ");
    }

    /** Wraps a body that throws. */
    private Object wrap(Class<?> type) {
        HostInterface host = HostInterface.of(type);
        return WrapperFactory.of(host).wrap(boundary, "udp_send", new Object(), Fallback.ZERO);
    }

    private static void method(ClassWriter writer, String name, String descriptor) {
        writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, name, descriptor, null, null)
                .visitEnd();
    }

    private static Class<?> define(String name, Consumer<ClassWriter> methods) {
        ClassWriter writer = new ClassWriter(0);
        int access = Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT | Opcodes.ACC_INTERFACE;
        writer.visit(Opcodes.V17, access, name, null, "java/lang/Object", null);
        methods.accept(writer);
        writer.visitEnd();
        return new OneClass().define(writer.toByteArray());
    }

    private static final class OneClass extends ClassLoader {

        OneClass() {
            super(OddInterfacesTest.class.getClassLoader());
        }

        Class<?> define(byte[] bytes) {
            return defineClass(null, bytes, 0, bytes.length);
        }
    }
}
