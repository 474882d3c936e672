package dev.safe.internal.hostfunction;

import static org.objectweb.asm.Opcodes.*;

import dev.safe.internal.hostfunction.HostInterface.HostMethod;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Spins the class of an interface's wrappers. For {@code int send(long to, byte[] data)} it is what one would write:
 *
 * <pre>{@code
 * public int send(long to, byte[] data) {
 *     Object admission = boundary.enter();
 *     if (admission != CallBoundary.REJECTED) {
 *         try {
 *             int result = target.send(to, data);
 *             boundary.exit(admission);
 *             return result;
 *         } catch (Throwable thrown) {
 *             boundary.failed(admission, function, thrown);
 *         }
 *     }
 *     return (Integer) fallback.apply(int.class);
 * }
 * }</pre>
 *
 * <p>A default method that the target does not override is called as {@code Sender.super.send(to, data)} instead. Apart from the
 * interface and what it mentions, the class knows the JDK and {@link CallBoundary} only.
 */
final class WrapperClass {

    /** What a wrapper's class is called, after its interface. */
    static final String SUFFIX = "$$Guarded";

    private static final Type OBJECT = Type.getType(Object.class);
    private static final Type BOUNDARY = Type.getType(CallBoundary.class);
    private static final Type STRING = Type.getType(String.class);
    private static final Type FUNCTION = Type.getType(Function.class);
    private static final Type THROWABLE = Type.getType(Throwable.class);
    private static final Type FLAGS = Type.getType(boolean[].class);

    private final Type self;
    private final Type type;
    private final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);

    private WrapperClass(String name, HostInterface host) {
        self = Type.getObjectType(name.replace('.', '/'));
        type = Type.getType(host.type());
        writer.visit(
                V17,
                ACC_PUBLIC | ACC_FINAL | ACC_SUPER | ACC_SYNTHETIC,
                self.getInternalName(),
                null,
                OBJECT.getInternalName(),
                new String[] {type.getInternalName()});
        field("boundary", BOUNDARY);
        field("function", STRING);
        field("target", type);
        field("fallback", FUNCTION);
        field("overridden", FLAGS);
        constructor(Type.getType(constructorOf(host).toMethodDescriptorString()));
        describe();
        for (HostMethod method : host.methods()) {
            new GuardedMethod(method).write();
        }
        writer.visitEnd();
    }

    /** The class of that binary name, which decides on its package. */
    static byte[] spin(String name, HostInterface host) {
        return new WrapperClass(name, host).writer.toByteArray();
    }

    /** What its constructor takes. */
    static MethodType constructorOf(HostInterface host) {
        return MethodType.methodType(
                void.class, CallBoundary.class, String.class, host.type(), Function.class, boolean[].class);
    }

    private void field(String name, Type of) {
        writer.visitField(ACC_PRIVATE | ACC_FINAL, name, of.getDescriptor(), null, null)
                .visitEnd();
    }

    private void constructor(Type descriptor) {
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC, "<init>", descriptor.getDescriptor(), null, null);
        code.visitCode();
        code.visitVarInsn(ALOAD, 0);
        code.visitMethodInsn(INVOKESPECIAL, OBJECT.getInternalName(), "<init>", "()V", false);
        String[] fields = {"boundary", "function", "target", "fallback", "overridden"};
        for (int i = 0; i < fields.length; i++) {
            code.visitVarInsn(ALOAD, 0);
            code.visitVarInsn(ALOAD, i + 1);
            String of = descriptor.getArgumentTypes()[i].getDescriptor();
            code.visitFieldInsn(PUTFIELD, self.getInternalName(), fields[i], of);
        }
        code.visitInsn(RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    /** {@code toString()}. The other methods of Object are as it has them. */
    private void describe() {
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC | ACC_FINAL, "toString", "()Ljava/lang/String;", null, null);
        code.visitCode();
        load(code, "boundary", BOUNDARY);
        load(code, "function", STRING);
        load(code, "target", type);
        call(code, "describe", STRING, STRING, OBJECT);
        code.visitInsn(ARETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    private void load(MethodVisitor code, String field, Type of) {
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(GETFIELD, self.getInternalName(), field, of.getDescriptor());
    }

    /** Calls the boundary. */
    private static void call(MethodVisitor code, String method, Type result, Type... parameters) {
        String descriptor = Type.getMethodDescriptor(result, parameters);
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY.getInternalName(), method, descriptor, false);
    }

    /** One method of the interface. */
    private final class GuardedMethod {

        private final HostMethod method;
        private final String descriptor;
        private final Type[] parameters;
        private final Type result;
        private final int admission;
        private final int thrown;
        private final MethodVisitor code;

        GuardedMethod(HostMethod method) {
            this.method = method;
            descriptor = method.signature().type().toMethodDescriptorString();
            parameters = Type.getArgumentTypes(descriptor);
            result = Type.getReturnType(descriptor);
            admission = Type.getArgumentsAndReturnSizes(descriptor) >> 2; // The slot after `this` and the parameters.
            thrown = admission + 1;
            int varargs = method.method().isVarArgs() ? ACC_VARARGS : 0;
            code = writer.visitMethod(
                    ACC_PUBLIC | ACC_FINAL | varargs, method.signature().name(), descriptor, null, null);
        }

        void write() {
            code.visitCode();
            guard();
            code.visitMaxs(0, 0);
            code.visitEnd();
        }

        private void guard() {
            Label attempt = new Label();
            Label returned = new Label();
            Label failed = new Label();
            Label fallback = new Label();
            code.visitTryCatchBlock(attempt, returned, failed, THROWABLE.getInternalName());
            load(code, "boundary", BOUNDARY);
            call(code, "enter", OBJECT);
            code.visitInsn(DUP);
            code.visitVarInsn(ASTORE, admission);
            code.visitFieldInsn(GETSTATIC, BOUNDARY.getInternalName(), "REJECTED", OBJECT.getDescriptor());
            code.visitJumpInsn(IF_ACMPEQ, fallback);
            code.visitLabel(attempt);
            if (!method.isAbstract()) {
                runHereUnlessOverridden();
            }
            load(code, "target", type);
            callAndReturn(INVOKEINTERFACE);
            code.visitLabel(returned);
            code.visitLabel(failed);
            frame(true, THROWABLE.getInternalName());
            tellOfFailure();
            code.visitLabel(fallback);
            frame(true);
            returnFallback();
        }

        /** On the wrapper itself, so that the target does not escape. */
        private void runHereUnlessOverridden() {
            Label overridden = new Label();
            load(code, "overridden", FLAGS);
            code.visitLdcInsn(method.overridable());
            code.visitInsn(BALOAD);
            code.visitJumpInsn(IFNE, overridden);
            code.visitVarInsn(ALOAD, 0);
            callAndReturn(INVOKESPECIAL);
            code.visitLabel(overridden);
            frame(true);
        }

        /** Calls the method of what is on the stack, exits, returns. */
        private void callAndReturn(int opcode) {
            loadArguments();
            code.visitMethodInsn(
                    opcode, type.getInternalName(), method.signature().name(), descriptor, true);
            load(code, "boundary", BOUNDARY);
            code.visitVarInsn(ALOAD, admission);
            call(code, "exit", Type.VOID_TYPE, OBJECT);
            code.visitInsn(result.getOpcode(IRETURN));
        }

        private void tellOfFailure() {
            code.visitVarInsn(ASTORE, thrown);
            load(code, "boundary", BOUNDARY);
            code.visitVarInsn(ALOAD, admission);
            load(code, "function", STRING);
            code.visitVarInsn(ALOAD, thrown);
            call(code, "failed", Type.VOID_TYPE, OBJECT, STRING, THROWABLE);
        }

        private void returnFallback() {
            if (result.getSort() != Type.VOID) {
                load(code, "fallback", FUNCTION);
                loadResultClass();
                String apply = Type.getMethodDescriptor(OBJECT, OBJECT);
                code.visitMethodInsn(INVOKEINTERFACE, FUNCTION.getInternalName(), "apply", apply, true);
                castToResult();
            }
            code.visitInsn(result.getOpcode(IRETURN));
        }

        private void loadResultClass() {
            if (method.returnType().isPrimitive()) {
                code.visitFieldInsn(GETSTATIC, box().getInternalName(), "TYPE", "Ljava/lang/Class;");
            } else {
                code.visitLdcInsn(result);
            }
        }

        private void castToResult() {
            if (method.returnType().isPrimitive()) {
                String unbox = method.returnType().getName() + "Value";
                code.visitTypeInsn(CHECKCAST, box().getInternalName());
                code.visitMethodInsn(INVOKEVIRTUAL, box().getInternalName(), unbox, "()" + result, false);
            } else {
                code.visitTypeInsn(CHECKCAST, result.getInternalName());
            }
        }

        private Type box() {
            return Type.getType(
                    MethodType.methodType(method.returnType()).wrap().returnType());
        }

        private void loadArguments() {
            int slot = 1;
            for (Type parameter : parameters) {
                code.visitVarInsn(parameter.getOpcode(ILOAD), slot);
                slot += parameter.getSize();
            }
        }

        /** What the verifier is to expect from here on; {@code admitted}: with an admission. */
        private void frame(boolean admitted, Object... stack) {
            List<Object> locals = new ArrayList<>();
            locals.add(self.getInternalName());
            for (Type parameter : parameters) {
                locals.add(verificationType(parameter));
            }
            if (admitted) {
                locals.add(OBJECT.getInternalName());
            }
            code.visitFrame(F_FULL, locals.size(), locals.toArray(), stack.length, stack);
        }

        private static Object verificationType(Type parameter) {
            return switch (parameter.getSort()) {
                case Type.BOOLEAN, Type.CHAR, Type.BYTE, Type.SHORT, Type.INT -> INTEGER;
                case Type.LONG -> LONG;
                case Type.FLOAT -> FLOAT;
                case Type.DOUBLE -> DOUBLE;
                default -> parameter.getInternalName();
            };
        }
    }
}
