package dev.safe.internal.hostfunction;

import static dev.safe.internal.hostfunction.SpunClassWriter.OBJECT;
import static dev.safe.internal.hostfunction.SpunClassWriter.STRING;
import static org.objectweb.asm.Opcodes.*;

import dev.safe.internal.hostfunction.HostInterface.HostMethod;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.function.Function;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/**
 * Spins the class of an interface's wrappers. For {@code int send(long to, byte[] data)} it writes:
 *
 * <pre>{@code
 * public int send(long to, byte[] data) {
 *     int seen = boundary.gate;
 *     WatchedCall call = (seen & OBSERVED) == 0 ? null : boundary.enter();
 *     if (call != CallBoundary.REJECTED) {
 *         try {
 *             int result = target.send(to, data);
 *             if (call != null) {
 *                 boundary.exit(call);
 *             }
 *             return result;
 *         } catch (Throwable thrown) {
 *             try {
 *                 boundary.failed(seen, call, function, thrown);
 *             } catch (Throwable ours) {
 *                 ... // as in CallBoundary
 *             }
 *         }
 *     }
 *     return fallback0;
 * }
 * }</pre>
 *
 * <p>A method that falls back to an array returns a fresh copy, if there is room for one.
 *
 * <p>A default method that the target does not override is called as {@code Sender.super.send(to, data)} instead.
 */
final class WrapperClass {

    /**
     * Limits the rehearsals in an initialiser, whose code has room for a few hundred. Larger interfaces are rare, and
     * lose little.
     */
    private static final int MAX_REHEARSALS = 64;

    private WrapperClass() {}

    /** Spins the class under a binary name, which determines its package. */
    static byte[] spin(String name, HostInterface host) {
        List<String> fields = List.of("boundary", "function", "target", "fallback", "overridden");
        SpunClassWriter spun = new SpunClassWriter(name, constructorOf(host), fields, host.type());
        for (HostMethod method : host.methods()) {
            spun.fallback(method.returnType());
        }
        spun.constructor();
        new WrapperRehearsal(spun, host).write();
        describe(spun);
        for (HostMethod method : host.methods()) {
            new WrapperMethod(spun, host, method).write();
        }
        return spun.toByteArray();
    }

    /** Returns the type of the constructor. */
    static MethodType constructorOf(HostInterface host) {
        return MethodType.methodType(
                void.class, CallBoundary.class, String.class, host.type(), Function.class, boolean[].class);
    }

    /** Writes {@code toString()}. Inherits the other methods of Object. */
    private static void describe(SpunClassWriter spun) {
        MethodVisitor code = spun.method(ACC_PUBLIC | ACC_FINAL, "toString", "()Ljava/lang/String;");
        spun.load(code, "boundary");
        spun.load(code, "function");
        spun.load(code, "target");
        SpunClassWriter.callBoundary(code, "describe", STRING, STRING, OBJECT);
        code.visitInsn(ARETURN);
        SpunClassWriter.end(code);
    }

    /**
     * Makes each method panic, since there is no target. Treats default methods as overridden, so that their code never
     * runs.
     */
    private static final class WrapperRehearsal extends RehearsalWriter {

        private final HostInterface host;

        WrapperRehearsal(SpunClassWriter spun, HostInterface host) {
            super(spun);
            this.host = host;
        }

        @Override
        void prepare(MethodVisitor code) {
            code.visitVarInsn(ALOAD, 0);
            overrideAll(code);
            spun.store(code, "overridden");
        }

        private void overrideAll(MethodVisitor code) {
            int defaults = 0;
            for (HostMethod method : host.methods()) {
                defaults += method.isAbstract() ? 0 : 1;
            }
            code.visitLdcInsn(defaults);
            code.visitIntInsn(NEWARRAY, T_BOOLEAN);
            for (int i = 0; i < Math.min(defaults, MAX_REHEARSALS); i++) {
                code.visitInsn(DUP);
                code.visitLdcInsn(i);
                code.visitInsn(ICONST_1);
                code.visitInsn(BASTORE);
            }
        }

        @Override
        void perform(MethodVisitor code) {
            int rehearsed = 0;
            for (HostMethod method : host.methods()) {
                if (rehearsed++ < MAX_REHEARSALS) {
                    call(code, method.signature().name(), method.signature().type());
                }
            }
        }
    }

    /** Writes one method of the interface. */
    private static final class WrapperMethod extends GuardedMethodWriter {

        private final HostInterface host;
        private final HostMethod method;

        WrapperMethod(SpunClassWriter spun, HostInterface host, HostMethod method) {
            super(
                    spun,
                    ACC_PUBLIC | ACC_FINAL | (method.method().isVarArgs() ? ACC_VARARGS : 0),
                    method.signature().name(),
                    method.signature().type(),
                    Throws.AS_DECIDED);
            this.host = host;
            this.method = method;
        }

        @Override
        void attempt() {
            if (!method.isAbstract()) {
                runHereUnlessOverridden();
            }
            spun.load(code, "target");
            callAndReturn(INVOKEINTERFACE, host.type(), method.signature().name());
        }

        /** Runs a default method on the wrapper itself, so that the target does not escape. */
        private void runHereUnlessOverridden() {
            Label overridden = new Label();
            spun.load(code, "overridden");
            code.visitLdcInsn(method.overridable());
            code.visitInsn(BALOAD);
            code.visitJumpInsn(IFNE, overridden);
            code.visitVarInsn(ALOAD, 0);
            callAndReturn(INVOKESPECIAL, host.type(), method.signature().name());
            code.visitLabel(overridden);
            frame(1);
        }
    }
}
