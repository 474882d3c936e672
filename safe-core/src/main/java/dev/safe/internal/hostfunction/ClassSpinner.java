package dev.safe.internal.hostfunction;

import static org.objectweb.asm.Opcodes.ACC_FINAL;
import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_SUPER;
import static org.objectweb.asm.Opcodes.ACC_SYNTHETIC;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ASTORE;
import static org.objectweb.asm.Opcodes.CHECKCAST;
import static org.objectweb.asm.Opcodes.F_NEW;
import static org.objectweb.asm.Opcodes.GETFIELD;
import static org.objectweb.asm.Opcodes.GETSTATIC;
import static org.objectweb.asm.Opcodes.IFEQ;
import static org.objectweb.asm.Opcodes.IFNULL;
import static org.objectweb.asm.Opcodes.IF_ACMPEQ;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKEINTERFACE;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.LAND;
import static org.objectweb.asm.Opcodes.LCMP;
import static org.objectweb.asm.Opcodes.LCONST_0;
import static org.objectweb.asm.Opcodes.LLOAD;
import static org.objectweb.asm.Opcodes.PUTFIELD;
import static org.objectweb.asm.Opcodes.RETURN;
import static org.objectweb.asm.Opcodes.V17;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Spins the class of an interface's wrappers. Each method is the protocol that {@link CallBoundary} shows, as javac would
 * compile it by hand; a default method that the target does not override runs on the wrapper itself, so that the target
 * does not escape through it.
 *
 * <p>Frames are written by hand, since computing them would load the classes that the methods name.
 */
final class ClassSpinner {

    private static final String OBJECT = "java/lang/Object";
    private static final String STRING = "java/lang/String";
    private static final String THROWABLE = "java/lang/Throwable";
    private static final String BOUNDARY = Type.getInternalName(CallBoundary.class);
    private static final String BOUNDARY_TYPE = "L" + BOUNDARY + ";";

    private final Shape shape;
    private final String name;
    private final String target;
    private final ClassWriter spun = new ClassWriter(ClassWriter.COMPUTE_MAXS);

    private ClassSpinner(Shape shape, String name) {
        this.shape = shape;
        this.name = name.replace('.', '/');
        this.target = Type.getInternalName(shape.type());
    }

    static byte[] spin(Shape shape, String name) {
        return new ClassSpinner(shape, name).spin();
    }

    private byte[] spin() {
        int access = ACC_PUBLIC | ACC_FINAL | ACC_SUPER | ACC_SYNTHETIC;
        spun.visit(V17, access, name, null, OBJECT, new String[] {target});
        field("boundary", BOUNDARY_TYPE);
        field("function", "Ljava/lang/String;");
        field("target", "L" + target + ";");
        field("sentinel", "Ljava/lang/Object;");
        field("overridden", "J");
        constructor();
        describe();
        shape.abstractMethods().forEach(this::guarded);
        for (int i = 0; i < shape.defaultMethods().size(); i++) {
            guardedIfOverridden(shape.defaultMethods().get(i), i);
        }
        spun.visitEnd();
        return spun.toByteArray();
    }

    private void field(String field, String type) {
        spun.visitField(ACC_PRIVATE | ACC_FINAL, field, type, null, null).visitEnd();
    }

    private void constructor() {
        String parameters = "(" + BOUNDARY_TYPE + "Ljava/lang/String;Ljava/lang/Object;Ljava/lang/Object;J)V";
        MethodVisitor code = spun.visitMethod(ACC_PUBLIC, "<init>", parameters, null, null);
        code.visitCode();
        code.visitVarInsn(ALOAD, 0);
        code.visitMethodInsn(INVOKESPECIAL, OBJECT, "<init>", "()V", false);
        assign(code, "boundary", BOUNDARY_TYPE, ALOAD, 1);
        assign(code, "function", "Ljava/lang/String;", ALOAD, 2);
        code.visitVarInsn(ALOAD, 0);
        code.visitVarInsn(ALOAD, 3);
        code.visitTypeInsn(CHECKCAST, target);
        code.visitFieldInsn(PUTFIELD, name, "target", "L" + target + ";");
        assign(code, "sentinel", "Ljava/lang/Object;", ALOAD, 4);
        assign(code, "overridden", "J", LLOAD, 5);
        end(code, RETURN);
    }

    private void assign(MethodVisitor code, String field, String type, int load, int variable) {
        code.visitVarInsn(ALOAD, 0);
        code.visitVarInsn(load, variable);
        code.visitFieldInsn(PUTFIELD, name, field, type);
    }

    private void describe() {
        MethodVisitor code = spun.visitMethod(ACC_PUBLIC, "toString", "()Ljava/lang/String;", null, null);
        code.visitCode();
        get(code, "boundary", BOUNDARY_TYPE);
        get(code, "function", "Ljava/lang/String;");
        get(code, "target", "L" + target + ";");
        code.visitMethodInsn(
                INVOKESTATIC,
                BOUNDARY,
                "describe",
                "(" + BOUNDARY_TYPE + "Ljava/lang/String;Ljava/lang/Object;)Ljava/lang/String;",
                false);
        end(code, Opcodes.ARETURN);
    }

    private void guarded(Method method) {
        MethodVisitor code = begin(method);
        guard(code, method, true);
        end(code);
    }

    private void guardedIfOverridden(Method method, int bit) {
        MethodVisitor code = begin(method);
        Label inherited = new Label();
        get(code, "overridden", "J");
        code.visitLdcInsn(1L << bit);
        code.visitInsn(LAND);
        code.visitInsn(LCONST_0);
        code.visitInsn(LCMP);
        code.visitJumpInsn(IFEQ, inherited);
        guard(code, method, false);
        code.visitLabel(inherited);
        frame(code, locals(method), new Object[0]);
        code.visitVarInsn(ALOAD, 0);
        arguments(code, method);
        code.visitMethodInsn(INVOKESPECIAL, target, method.getName(), Shape.descriptor(method), true);
        code.visitInsn(Type.getType(method.getReturnType()).getOpcode(Opcodes.IRETURN));
        end(code);
    }

    private MethodVisitor begin(Method method) {
        MethodVisitor code =
                spun.visitMethod(ACC_PUBLIC | ACC_FINAL, method.getName(), Shape.descriptor(method), null, null);
        code.visitCode();
        return code;
    }

    /** Enter, call, exit; on a throwable say so; fall back. */
    private void guard(MethodVisitor code, Method method, boolean withSentinel) {
        Type returned = Type.getType(method.getReturnType());
        int admission = Type.getArgumentsAndReturnSizes(Shape.descriptor(method)) >> 2;
        int scratch = admission + 1;
        List<Object> locals = locals(method);
        locals.add(OBJECT);
        Label start = new Label();
        Label handler = new Label();
        Label fallback = new Label();
        code.visitTryCatchBlock(start, handler, handler, null);

        get(code, "boundary", BOUNDARY_TYPE);
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY, "enter", "()Ljava/lang/Object;", false);
        code.visitInsn(Opcodes.DUP);
        code.visitVarInsn(ASTORE, admission);
        code.visitFieldInsn(GETSTATIC, BOUNDARY, "REJECTED", "Ljava/lang/Object;");
        code.visitJumpInsn(IF_ACMPEQ, fallback);

        code.visitLabel(start);
        get(code, "target", "L" + target + ";");
        arguments(code, method);
        code.visitMethodInsn(INVOKEINTERFACE, target, method.getName(), Shape.descriptor(method), true);
        if (returned.getSort() != Type.VOID) {
            code.visitVarInsn(returned.getOpcode(Opcodes.ISTORE), scratch);
        }
        get(code, "boundary", BOUNDARY_TYPE);
        code.visitVarInsn(ALOAD, admission);
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY, "exit", "(Ljava/lang/Object;)V", false);
        if (returned.getSort() != Type.VOID) {
            code.visitVarInsn(returned.getOpcode(ILOAD), scratch);
        }
        code.visitInsn(returned.getOpcode(Opcodes.IRETURN));

        code.visitLabel(handler);
        frame(code, locals, new Object[] {THROWABLE});
        code.visitVarInsn(ASTORE, scratch);
        get(code, "boundary", BOUNDARY_TYPE);
        code.visitVarInsn(ALOAD, admission);
        get(code, "function", "Ljava/lang/String;");
        code.visitVarInsn(ALOAD, scratch);
        String failed = "(Ljava/lang/Object;L" + STRING + ";L" + THROWABLE + ";)V";
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY, "failed", failed, false);

        code.visitLabel(fallback);
        frame(code, locals, new Object[0]);
        fallback(code, returned, locals, withSentinel);
    }

    private void fallback(MethodVisitor code, Type returned, List<Object> locals, boolean withSentinel) {
        if (returned.getSort() != Type.VOID && withSentinel) {
            Label none = new Label();
            get(code, "sentinel", "Ljava/lang/Object;");
            code.visitJumpInsn(IFNULL, none);
            get(code, "sentinel", "Ljava/lang/Object;");
            unwrap(code, returned);
            code.visitInsn(returned.getOpcode(Opcodes.IRETURN));
            code.visitLabel(none);
            frame(code, locals, new Object[0]);
        }
        zero(code, returned);
        code.visitInsn(returned.getOpcode(Opcodes.IRETURN));
    }

    /** Turns the sentinel, which has been checked to fit, into a value of the return type. */
    private static void unwrap(MethodVisitor code, Type returned) {
        switch (returned.getSort()) {
            case Type.OBJECT, Type.ARRAY -> {
                code.visitMethodInsn(INVOKESTATIC, BOUNDARY, "fresh", "(Ljava/lang/Object;)Ljava/lang/Object;", false);
                code.visitTypeInsn(CHECKCAST, returned.getInternalName());
            }
            case Type.BOOLEAN -> unbox(code, "java/lang/Boolean", "booleanValue", "Z");
            case Type.CHAR -> unbox(code, "java/lang/Character", "charValue", "C");
            default ->
                code.visitMethodInsn(
                        INVOKESTATIC,
                        BOUNDARY,
                        returned.getClassName() + "Of",
                        "(Ljava/lang/Object;)" + returned.getDescriptor(),
                        false);
        }
    }

    private static void unbox(MethodVisitor code, String box, String method, String type) {
        code.visitTypeInsn(CHECKCAST, box);
        code.visitMethodInsn(INVOKEVIRTUAL, box, method, "()" + type, false);
    }

    private static void zero(MethodVisitor code, Type returned) {
        switch (returned.getSort()) {
            case Type.VOID -> {}
            case Type.LONG -> code.visitInsn(LCONST_0);
            case Type.FLOAT -> code.visitInsn(Opcodes.FCONST_0);
            case Type.DOUBLE -> code.visitInsn(Opcodes.DCONST_0);
            case Type.OBJECT, Type.ARRAY -> code.visitInsn(Opcodes.ACONST_NULL);
            default -> code.visitInsn(Opcodes.ICONST_0);
        }
    }

    private void get(MethodVisitor code, String field, String type) {
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(GETFIELD, name, field, type);
    }

    private static void arguments(MethodVisitor code, Method method) {
        int variable = 1;
        for (Class<?> parameter : method.getParameterTypes()) {
            Type type = Type.getType(parameter);
            code.visitVarInsn(type.getOpcode(ILOAD), variable);
            variable += type.getSize();
        }
    }

    /** The wrapper and the arguments, as a frame names them. */
    private List<Object> locals(Method method) {
        List<Object> locals = new ArrayList<>();
        locals.add(name);
        for (Class<?> parameter : method.getParameterTypes()) {
            Type type = Type.getType(parameter);
            locals.add(
                    switch (type.getSort()) {
                        case Type.LONG -> Opcodes.LONG;
                        case Type.FLOAT -> Opcodes.FLOAT;
                        case Type.DOUBLE -> Opcodes.DOUBLE;
                        case Type.OBJECT, Type.ARRAY -> type.getInternalName();
                        default -> Opcodes.INTEGER;
                    });
        }
        return locals;
    }

    private static void frame(MethodVisitor code, List<Object> locals, Object[] stack) {
        code.visitFrame(F_NEW, locals.size(), locals.toArray(), stack.length, stack);
    }

    private static void end(MethodVisitor code, int returning) {
        code.visitInsn(returning);
        end(code);
    }

    private static void end(MethodVisitor code) {
        code.visitMaxs(0, 0);
        code.visitEnd();
    }
}
