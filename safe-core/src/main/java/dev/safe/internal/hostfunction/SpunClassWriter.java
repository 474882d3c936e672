package dev.safe.internal.hostfunction;

import static org.objectweb.asm.Opcodes.*;

import dev.safe.internal.watch.WatchedCall;
import java.lang.invoke.MethodType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes a class whose methods are {@link GuardedMethodWriter}s: its fields and its constructor, which keeps what it is given.
 * Among that are a {@code boundary}, the name of the {@code function}, and a {@code fallback}.
 *
 * <p>What a method falls back to is worked out by the constructor, one field for each type that methods return: at the end
 * of the stack nothing can be called.
 *
 * <p>Of Safe the class knows {@link CallBoundary} and {@link WatchedCall} only, of others the JDK and what it guards.
 */
final class SpunClassWriter {

    /** What the name of a spun class ends with. */
    static final String SUFFIX = "$$Guarded";

    static final Type OBJECT = Type.getType(Object.class);
    static final Type BOUNDARY = Type.getType(CallBoundary.class);
    static final Type CALL = Type.getType(WatchedCall.class);
    static final Type STRING = Type.getType(String.class);
    static final Type THROWABLE = Type.getType(Throwable.class);
    private static final Type FUNCTION = Type.getType(Function.class);

    private final Type self;

    /** What the constructor takes, in order. */
    private final Map<String, Type> fields = new LinkedHashMap<>();

    /** The names of the fields that hold what methods fall back to, by the type that they return. */
    private final Map<Type, String> fallbacks = new LinkedHashMap<>();

    private final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);

    /**
     * Begins the class.
     *
     * @param name its binary name, which decides on its package
     * @param constructor what its constructor takes
     * @param fields the fields that it is kept in
     * @param interfaces what it implements
     */
    SpunClassWriter(String name, MethodType constructor, List<String> fields, Class<?>... interfaces) {
        self = Type.getObjectType(name.replace('.', '/'));
        String[] implemented = new String[interfaces.length];
        for (int i = 0; i < interfaces.length; i++) {
            implemented[i] = Type.getInternalName(interfaces[i]);
        }
        writer.visit(
                V17,
                ACC_PUBLIC | ACC_FINAL | ACC_SUPER | ACC_SYNTHETIC,
                self.getInternalName(),
                null,
                OBJECT.getInternalName(),
                implemented);
        for (int i = 0; i < fields.size(); i++) {
            Type of = Type.getType(constructor.parameterType(i));
            this.fields.put(fields.get(i), of);
            field(fields.get(i), of);
        }
    }

    private void field(String name, Type of) {
        writer.visitField(ACC_PRIVATE | ACC_FINAL, name, of.getDescriptor(), null, null)
                .visitEnd();
    }

    /** Adds what methods fall back to that return it. */
    void fallback(Class<?> returned) {
        Type result = Type.getType(returned);
        String name = "fallback" + fallbacks.size();
        if (result.getSort() != Type.VOID && fallbacks.putIfAbsent(result, name) == null) {
            field(name, result);
        }
    }

    /** Writes the constructor, once all fields are known. */
    void constructor() {
        MethodVisitor code = method(
                ACC_PUBLIC,
                "<init>",
                Type.getMethodDescriptor(Type.VOID_TYPE, fields.values().toArray(Type[]::new)));
        constructSuper(code);
        int parameter = 1;
        for (String field : fields.keySet()) {
            code.visitVarInsn(ALOAD, 0);
            code.visitVarInsn(ALOAD, parameter++);
            store(code, field);
        }
        for (Map.Entry<Type, String> fallback : fallbacks.entrySet()) {
            code.visitVarInsn(ALOAD, 0);
            applyFallback(code, fallback.getKey());
            code.visitFieldInsn(
                    PUTFIELD,
                    self.getInternalName(),
                    fallback.getValue(),
                    fallback.getKey().getDescriptor());
        }
        code.visitInsn(RETURN);
        end(code);
    }

    /** Begins a method. */
    MethodVisitor method(int access, String name, String descriptor) {
        MethodVisitor code = writer.visitMethod(access, name, descriptor, null, null);
        code.visitCode();
        return code;
    }

    /** Ends a method. */
    static void end(MethodVisitor code) {
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    static void constructSuper(MethodVisitor code) {
        code.visitVarInsn(ALOAD, 0);
        code.visitMethodInsn(INVOKESPECIAL, OBJECT.getInternalName(), "<init>", "()V", false);
    }

    /** Loads what the constructor was given. */
    void load(MethodVisitor code, String field) {
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(
                GETFIELD, self.getInternalName(), field, typeOf(field).getDescriptor());
    }

    /** Stores what is on the stack, in a constructor. */
    void store(MethodVisitor code, String field) {
        code.visitFieldInsn(
                PUTFIELD, self.getInternalName(), field, typeOf(field).getDescriptor());
    }

    private Type typeOf(String field) {
        return Objects.requireNonNull(fields.get(field));
    }

    /** Loads what a method falls back to, as it was when the constructor ran. */
    void loadFallback(MethodVisitor code, Type result) {
        code.visitVarInsn(ALOAD, 0);
        String field = Objects.requireNonNull(fallbacks.get(result));
        code.visitFieldInsn(GETFIELD, self.getInternalName(), field, result.getDescriptor());
    }

    /** {@code (R) fallback.apply(R.class)}. */
    void applyFallback(MethodVisitor code, Type result) {
        load(code, "fallback");
        if (isPrimitive(result)) {
            code.visitFieldInsn(GETSTATIC, box(result).getInternalName(), "TYPE", "Ljava/lang/Class;");
        } else {
            code.visitLdcInsn(result);
        }
        String apply = Type.getMethodDescriptor(OBJECT, OBJECT);
        code.visitMethodInsn(INVOKEINTERFACE, FUNCTION.getInternalName(), "apply", apply, true);
        if (isPrimitive(result)) {
            String box = box(result).getInternalName();
            code.visitTypeInsn(CHECKCAST, box);
            code.visitMethodInsn(INVOKEVIRTUAL, box, result.getClassName() + "Value", "()" + result, false);
        } else {
            code.visitTypeInsn(CHECKCAST, result.getInternalName());
        }
    }

    private static boolean isPrimitive(Type type) {
        return type.getSort() < Type.ARRAY;
    }

    private static Type box(Type primitive) {
        MethodType returning = MethodType.fromMethodDescriptorString("()" + primitive, null);
        return Type.getType(returning.wrap().returnType());
    }

    /** Calls a method of the boundary on the stack. */
    static void callBoundary(MethodVisitor code, String method, Type result, Type... parameters) {
        String descriptor = Type.getMethodDescriptor(result, parameters);
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY.getInternalName(), method, descriptor, false);
    }

    Type self() {
        return self;
    }

    /** Ends the class. */
    byte[] toByteArray() {
        writer.visitEnd();
        return writer.toByteArray();
    }
}
