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
 * Writes a class whose methods {@link GuardedMethodWriter}s write: its fields, and a constructor that stores its
 * arguments. These include a {@code boundary}, the name of the {@code function}, and a {@code fallback}.
 *
 * <p>The constructor also computes what methods fall back to, and stores it in one field for each return type, because
 * nothing can be called at the end of the stack.
 *
 * <p>The class refers to the JDK, to what it guards, and to nothing of Safe but {@link CallBoundary} and
 * {@link WatchedCall}.
 */
final class SpunClassWriter {

    /** Ends the name of every spun class. */
    static final String SUFFIX = "$$Guarded";

    static final Type OBJECT = Type.getType(Object.class);
    static final Type BOUNDARY = Type.getType(CallBoundary.class);
    static final Type CALL = Type.getType(WatchedCall.class);
    static final Type STRING = Type.getType(String.class);
    static final Type THREAD = Type.getType(Thread.class);
    static final Type THROWABLE = Type.getType(Throwable.class);
    private static final Type FUNCTION = Type.getType(Function.class);

    private final Type self;

    /** Maps each field that holds an argument of the constructor to its type, in order. */
    private final Map<String, Type> fields = new LinkedHashMap<>();

    /** Maps each return type to the field that holds what methods with that type fall back to. */
    private final Map<Type, String> fallbacks = new LinkedHashMap<>();

    private final ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);

    /**
     * Begins the class.
     *
     * @param name the binary name, which determines the package
     * @param constructor the type of the constructor
     * @param fields the names of the fields that store its arguments
     * @param interfaces what the class implements
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

    /** Adds the field that holds the fallback of methods with this return type. */
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

    /** Loads a field that holds an argument of the constructor. */
    void load(MethodVisitor code, String field) {
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(
                GETFIELD, self.getInternalName(), field, typeOf(field).getDescriptor());
    }

    /** Stores the value on the stack in a field, within a constructor. */
    void store(MethodVisitor code, String field) {
        code.visitFieldInsn(
                PUTFIELD, self.getInternalName(), field, typeOf(field).getDescriptor());
    }

    private Type typeOf(String field) {
        return Objects.requireNonNull(fields.get(field));
    }

    /** Loads what a method falls back to, as the constructor computed it. */
    void loadFallback(MethodVisitor code, Type result) {
        code.visitVarInsn(ALOAD, 0);
        String field = Objects.requireNonNull(fallbacks.get(result));
        code.visitFieldInsn(GETFIELD, self.getInternalName(), field, result.getDescriptor());
    }

    /** Writes {@code (R) fallback.apply(R.class)}. */
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

    /** Calls a method of the boundary that is on the stack. */
    static void callBoundary(MethodVisitor code, String method, Type result, Type... parameters) {
        String descriptor = Type.getMethodDescriptor(result, parameters);
        code.visitMethodInsn(INVOKEVIRTUAL, BOUNDARY.getInternalName(), method, descriptor, false);
    }

    /** Puts the current thread on the stack. */
    static void currentThread(MethodVisitor code) {
        code.visitMethodInsn(
                INVOKESTATIC, THREAD.getInternalName(), "currentThread", Type.getMethodDescriptor(THREAD), false);
    }

    Type self() {
        return self;
    }

    /** Ends the class and returns it. */
    byte[] toByteArray() {
        writer.visitEnd();
        return writer.toByteArray();
    }
}
