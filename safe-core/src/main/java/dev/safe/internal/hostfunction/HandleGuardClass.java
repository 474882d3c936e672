package dev.safe.internal.hostfunction;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.function.Function;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Spins the class whose one method guards handles of one type. For {@code (long)int} it writes:
 *
 * <pre>{@code
 * public int call(long to) {
 *     int seen = boundary.gate;
 *     try {
 *         WatchedCall call = (seen & OBSERVED) == 0 ? null : boundary.enter();
 *     } catch (Throwable ours) {
 *         return fallback0;
 *     }
 *     ... // as in WrapperClass, except for
 *             int result = body.invokeExact(to);
 *     ...
 *             try {
 *                 boundary.contained(seen, call, function, thrown);
 *             } catch (Throwable ours) {
 *                 ... // as in CallBoundary where there is no room, but throws nothing
 *             }
 *     return fallback0;
 * }
 * }</pre>
 */
final class HandleGuardClass {

    /** Names the method. */
    static final String METHOD = "call";

    /** Lists the constructor's parameters. */
    static final MethodType CONSTRUCTOR =
            MethodType.methodType(void.class, CallBoundary.class, String.class, MethodHandle.class, Function.class);

    private HandleGuardClass() {}

    /** Spins the class under a binary name, which determines its package. */
    static byte[] spin(String name, MethodType type) {
        SpunClassWriter spun =
                new SpunClassWriter(name, CONSTRUCTOR, List.of("boundary", "function", "body", "fallback"));
        spun.fallback(type.returnType());
        spun.constructor();
        new HandleRehearsal(spun, type).write();
        new HandleMethod(spun, type).write();
        return spun.toByteArray();
    }

    /** Calls a body that does nothing, across a boundary that has no room to end the call. */
    private static final class HandleRehearsal extends RehearsalWriter {

        private final MethodType type;

        HandleRehearsal(SpunClassWriter spun, MethodType type) {
            super(spun);
            this.type = type;
        }

        @Override
        void prepare(MethodVisitor code) {
            Type handle = Type.getType(MethodHandle.class);
            code.visitVarInsn(ALOAD, 0);
            code.visitLdcInsn(Type.getMethodType(type.toMethodDescriptorString()));
            code.visitMethodInsn(
                    INVOKESTATIC,
                    Type.getInternalName(MethodHandles.class),
                    "empty",
                    Type.getMethodDescriptor(handle, Type.getType(MethodType.class)),
                    false);
            spun.store(code, "body");
        }

        @Override
        void perform(MethodVisitor code) {
            call(code, METHOD, type);
        }
    }

    private static final class HandleMethod extends GuardedMethodWriter {

        HandleMethod(SpunClassWriter spun, MethodType type) {
            super(spun, ACC_PUBLIC | ACC_FINAL, METHOD, type, Throws.NOTHING);
        }

        @Override
        void attempt() {
            spun.load(code, "body");
            callAndReturn(INVOKEVIRTUAL, MethodHandle.class, "invokeExact");
        }
    }
}
