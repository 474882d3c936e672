package dev.safe.internal.hostfunction;

import static dev.safe.internal.hostfunction.SpunClassWriter.BOUNDARY;
import static dev.safe.internal.hostfunction.SpunClassWriter.CALL;
import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodType;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes the initialiser of a spun class. The initialiser calls each method once, on an instance without a target and
 * with a boundary that is {@linkplain CallBoundary#outOfRoom out of room}, so that the JVM resolves the names in the
 * code. That may load classes, for which there is no room at the end of the stack.
 */
abstract class RehearsalWriter {

    final SpunClassWriter spun;

    RehearsalWriter(SpunClassWriter spun) {
        this.spun = spun;
    }

    /** Writes the part of the constructor that sets the other fields. */
    abstract void prepare(MethodVisitor constructor);

    /** Writes the calls, with {@link #call}. */
    abstract void perform(MethodVisitor initializer);

    final void write() {
        constructor();
        initializer();
    }

    private void constructor() {
        MethodVisitor code = spun.method(ACC_PRIVATE, "<init>", "()V");
        SpunClassWriter.constructSuper(code);
        code.visitVarInsn(ALOAD, 0);
        outOfRoom(code);
        spun.store(code, "boundary");
        prepare(code);
        code.visitInsn(RETURN);
        SpunClassWriter.end(code);
    }

    private void initializer() {
        MethodVisitor code = spun.method(ACC_STATIC, "<clinit>", "()V");
        outOfRoom(code);
        code.visitInsn(ACONST_NULL);
        SpunClassWriter.callBoundary(code, "exit", Type.VOID_TYPE, CALL);
        SpunClassWriter.currentThread(code); // Called only so that it is resolved.
        code.visitInsn(POP);
        String self = spun.self().getInternalName();
        code.visitTypeInsn(NEW, self);
        code.visitInsn(DUP);
        code.visitMethodInsn(INVOKESPECIAL, self, "<init>", "()V", false);
        code.visitVarInsn(ASTORE, 0);
        perform(code);
        code.visitInsn(RETURN);
        SpunClassWriter.end(code);
    }

    private static void outOfRoom(MethodVisitor code) {
        code.visitMethodInsn(
                INVOKESTATIC, BOUNDARY.getInternalName(), "outOfRoom", Type.getMethodDescriptor(BOUNDARY), false);
    }

    /** Calls a method with zeros and drops its result. */
    final void call(MethodVisitor initializer, String method, MethodType type) {
        initializer.visitVarInsn(ALOAD, 0);
        for (Class<?> parameter : type.parameterArray()) {
            initializer.visitInsn(zero(Type.getType(parameter)));
        }
        initializer.visitMethodInsn(
                INVOKEVIRTUAL, spun.self().getInternalName(), method, type.toMethodDescriptorString(), false);
        switch (Type.getType(type.returnType()).getSize()) {
            case 1 -> initializer.visitInsn(POP);
            case 2 -> initializer.visitInsn(POP2);
            default -> {}
        }
    }

    private static int zero(Type type) {
        return switch (type.getSort()) {
            case Type.BOOLEAN, Type.CHAR, Type.BYTE, Type.SHORT, Type.INT -> ICONST_0;
            case Type.LONG -> LCONST_0;
            case Type.FLOAT -> FCONST_0;
            case Type.DOUBLE -> DCONST_0;
            default -> ACONST_NULL;
        };
    }
}
