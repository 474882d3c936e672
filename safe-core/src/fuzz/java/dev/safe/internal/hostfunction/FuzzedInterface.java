package dev.safe.internal.hostfunction;

import static org.objectweb.asm.Opcodes.*;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Draws an interface, those that it extends, and a class that implements it. Draws what the JVM accepts, much of which
 * no compiler of Java would write.
 *
 * <p>The class hands each call to a function of the JDK's, since its class loader may not find the tests.
 */
final class FuzzedInterface {

    private static final int MAX_INTERFACES = 3;
    private static final int MAX_METHODS = 4;
    private static final int MAX_SLOTS = 254;

    /** Numbers of methods that a class file has hardly room for. */
    private static final int[] MANY = {70, 700, 3_000, 14_000};

    /** The length of a descriptor that is too long to be repeated so many times. */
    private static final int LONG = 1_000;

    private static final String PACKAGE = "fuzzed/";
    private static final String GONE = PACKAGE + "Gone";
    private static final String SECRET = PACKAGE + "Secret";

    private static final String[] NAMES = {
        "call",
        "get",
        "equals",
        "hashCode",
        "toString",
        "clone",
        "finalize",
        "getClass",
        "notify",
        "wait",
        "apply",
        "boundary",
        "a-b",
        "été",
        "\uD83C\uDF89",
        "\uD800",
        "a\nb",
        " ",
        "class"
    };

    private static final String[] TYPES = {
        "I",
        "J",
        "D",
        "F",
        "Z",
        "B",
        "S",
        "C",
        "[I",
        "[[J",
        "Ljava/lang/String;",
        "Ljava/lang/Object;",
        "[Ljava/lang/Object;",
        "Ljava/util/List;",
        "Ljava/lang/Class;",
        "L" + SECRET + ";",
        "[L" + SECRET + ";"
    };

    /** The methods of Object that no class can declare again, and the one that the garbage collector calls. */
    private static final Set<String> NEVER_IMPLEMENTED = Set.of(
            "getClass()Ljava/lang/Class;",
            "notify()V",
            "notifyAll()V",
            "wait()V",
            "wait(J)V",
            "wait(JI)V",
            "finalize()V");

    private static final Set<String> OF_OBJECT =
            Set.of("equals(Ljava/lang/Object;)Z", "hashCode()I", "toString()Ljava/lang/String;");

    private enum Kind {
        ABSTRACT,
        DEFAULT,
        STATIC,
        PRIVATE
    }

    private record Method(String name, String descriptor, boolean isDefault) {

        /** Identifies the method as the JVM does. */
        String key() {
            return name + descriptor;
        }

        static Method of(String key) {
            int descriptor = key.indexOf('(');
            return new Method(key.substring(0, descriptor), key.substring(descriptor), false);
        }

        boolean isOfObject() {
            return OF_OBJECT.contains(key());
        }

        /** Returns whether only the return types differ, and neither is a bridge to the other. */
        boolean clashesWith(Method other) {
            Type one = Type.getReturnType(descriptor);
            Type another = Type.getReturnType(other.descriptor);
            boolean isBridge = one.getSort() >= Type.ARRAY
                    && another.getSort() >= Type.ARRAY
                    && (one.getClassName().equals("java.lang.Object")
                            || another.getClassName().equals("java.lang.Object"));
            return name.equals(other.name)
                    && Arrays.equals(Type.getArgumentTypes(descriptor), Type.getArgumentTypes(other.descriptor))
                    && !one.equals(another)
                    && !isBridge;
        }
    }

    private final FuzzedDataProvider data;
    private final boolean belowSafe;
    private final Map<String, byte[]> classes = new HashMap<>();
    private final List<String> interfaces = new ArrayList<>();

    /** Maps what each interface has to offer, inherited methods included, to the interface that declares it. */
    private final Map<String, Map<Method, Set<String>>> offered = new HashMap<>();

    private final Map<String, Integer> implemented = new LinkedHashMap<>();
    private final Set<String> inherited = new LinkedHashSet<>();
    private @Nullable Class<?> type;
    private @Nullable Object body;

    private FuzzedInterface(FuzzedDataProvider data) {
        this.data = data;
        this.belowSafe = data.consumeBoolean();
    }

    /**
     * Draws an interface, or returns null for one that the JVM refuses.
     *
     * @param behaviour what the body does, given the index of a method and its arguments
     */
    static @Nullable FuzzedInterface draw(
            FuzzedDataProvider data, BiFunction<Integer, Object[], @Nullable Object> behaviour) {
        FuzzedInterface drawn = new FuzzedInterface(data);
        try {
            drawn.define(behaviour);
            return drawn;
        } catch (LinkageError | ReflectiveOperationException | RuntimeException refused) {
            return null;
        }
    }

    private void define(BiFunction<Integer, Object[], @Nullable Object> behaviour) throws ReflectiveOperationException {
        secret();
        int count = data.consumeInt(1, MAX_INTERFACES);
        for (int i = 0; i < count; i++) {
            drawInterface(i == count - 1);
        }
        String last = interfaces.get(count - 1);
        drawBody(last);
        ClassLoader loader =
                new Definer(belowSafe ? getClass().getClassLoader() : ClassLoader.getPlatformClassLoader());
        type = Class.forName(last.replace('/', '.'), true, loader);
        body = Class.forName((PACKAGE + "Body").replace('/', '.'), true, loader)
                .getConstructor(BiFunction.class)
                .newInstance(behaviour);
    }

    Class<?> type() {
        return Objects.requireNonNull(type);
    }

    Object body() {
        return Objects.requireNonNull(body);
    }

    /** Returns the methods that the body implements, by name and descriptor, with the index that it hands on for each. */
    Map<String, Integer> implemented() {
        return implemented;
    }

    /** Returns the default methods that the body inherits, by name and descriptor. They return zero. */
    Set<String> inherited() {
        return inherited;
    }

    private void secret() {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(V17, ACC_SUPER, SECRET, null, "java/lang/Object", null);
        writer.visitEnd();
        classes.put(SECRET, writer.toByteArray());
    }

    private void drawInterface(boolean isLast) {
        String name = PACKAGE + drawnName();
        Set<String> parents = new LinkedHashSet<>();
        for (String earlier : interfaces) {
            if (data.consumeBoolean()) {
                parents.add(earlier);
            }
        }
        boolean isAnnotation = isLast && data.consumeInt(0, 30) == 30;
        boolean isSealed = isLast && data.consumeInt(0, 30) == 30;
        int access = ACC_INTERFACE | ACC_ABSTRACT | (data.consumeBoolean() ? ACC_PUBLIC : 0);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        if (isAnnotation) {
            parents.add("java/lang/annotation/Annotation");
        }
        writer.visit(
                V17,
                access | (isAnnotation ? ACC_ANNOTATION : 0),
                name,
                data.consumeInt(0, 10) == 10 ? data.consumeString(20) : null,
                "java/lang/Object",
                parents.toArray(String[]::new));
        if (isSealed) {
            writer.visitPermittedSubclass(PACKAGE + "Body");
        }
        offered.put(name, new LinkedHashMap<>());
        parents.forEach(parent -> offered.getOrDefault(parent, Map.of()).forEach((method, from) -> offered.get(name)
                .computeIfAbsent(method, m -> new LinkedHashSet<>())
                .addAll(from)));
        int methods = data.consumeInt(0, MAX_METHODS);
        Set<String> declared = new LinkedHashSet<>();
        for (int i = 0; i < methods; i++) {
            String methodName = data.pickValue(NAMES);
            String descriptor = drawnDescriptor();
            declare(writer, name, declared, methodName, descriptor, data.pickValue(Kind.values()));
        }
        if (isLast && data.consumeInt(0, 200) == 200) {
            String descriptor = drawnDescriptor();
            int many = MANY[data.consumeInt(0, MANY.length - 1)];
            if (descriptor.length() < LONG) {
                declareMany(writer, name, descriptor, many);
            }
        }
        writer.visitEnd();
        classes.put(name, writer.toByteArray());
        interfaces.add(name);
    }

    private String drawnName() {
        String suffix = "" + (char) ('A' + interfaces.size());
        return switch (data.consumeInt(0, 8)) {
            case 0 -> data.consumeString(12).replaceAll("[.;\\[/]", "-") + suffix;
            case 1 -> "nested$" + suffix;
            case 2 -> "deep/er/" + suffix;
            case 3 -> suffix.repeat(data.consumeInt(1, 64) * 1_023);
            default -> suffix;
        };
    }

    private String drawnDescriptor() {
        StringBuilder descriptor = new StringBuilder("(");
        int slots = data.consumeInt(0, 10) == 10 ? data.consumeInt(0, MAX_SLOTS) : data.consumeInt(0, 4);
        String repeated = drawnType();
        while (slots > 0) {
            String parameter = slots > 8 ? repeated : drawnType();
            descriptor.append(parameter);
            slots -= parameter.equals("J") || parameter.equals("D") ? 2 : 1;
        }
        if (slots < 0) {
            descriptor.setLength(descriptor.length() - 1);
        }
        return descriptor
                .append(')')
                .append(data.consumeInt(0, 4) == 4 ? "V" : drawnType())
                .toString();
    }

    private String drawnType() {
        int drawn = data.consumeInt(0, 20);
        if (drawn == 20 && data.consumeBoolean()) {
            return "L" + GONE + ";";
        }
        return drawn == 19 && !interfaces.isEmpty() ? "L" + interfaces.get(0) + ";" : data.pickValue(TYPES);
    }

    /** Declares abstract methods whose names no other method has, so that none of them is compared with all others. */
    private void declareMany(ClassWriter writer, String self, String descriptor, int count) {
        for (int i = 0; i < count; i++) {
            String name = "m" + i;
            writer.visitMethod(ACC_PUBLIC | ACC_ABSTRACT, name, descriptor, null, null)
                    .visitEnd();
            offered.get(self).put(new Method(name, descriptor, false), Set.of(self));
        }
    }

    private void declare(
            ClassWriter writer, String self, Set<String> declared, String name, String descriptor, Kind kind) {
        Method method = new Method(name, descriptor, kind == Kind.DEFAULT);
        boolean isInherited = offered.get(self).keySet().stream()
                .anyMatch(other -> other.key().equals(method.key()));
        // No compiler allows any of these.
        boolean hides = isInherited && (kind == Kind.PRIVATE || kind == Kind.STATIC)
                || method.isOfObject() && kind != Kind.ABSTRACT;
        boolean clashes = offered.get(self).keySet().stream().anyMatch(method::clashesWith)
                || declared.stream().anyMatch(key -> method.clashesWith(Method.of(key)));
        if (hides || clashes || !declared.add(method.key())) {
            return;
        }
        int access =
                switch (kind) {
                    case ABSTRACT -> ACC_PUBLIC | ACC_ABSTRACT;
                    case DEFAULT -> ACC_PUBLIC;
                    case STATIC -> ACC_PUBLIC | ACC_STATIC;
                    case PRIVATE -> ACC_PRIVATE;
                };
        int flags = data.consumeInt(0, 3);
        boolean takesArray = descriptor.matches(".*\\[(.|L[^;]*;)\\).*"); // Reflection insists on it.
        access |= (flags == 1 && takesArray ? ACC_VARARGS : 0) | (flags == 2 ? ACC_SYNTHETIC | ACC_BRIDGE : 0);
        String[] exceptions = data.consumeInt(0, 30) < 30 ? null : new String[] {GONE};
        MethodVisitor code = writer.visitMethod(access, name, descriptor, null, exceptions);
        if (kind != Kind.ABSTRACT) {
            code.visitCode();
            returnZero(code, Type.getReturnType(descriptor));
            code.visitMaxs(0, 0);
        }
        code.visitEnd();
        if (kind == Kind.ABSTRACT || kind == Kind.DEFAULT) {
            Map<Method, Set<String>> mine = offered.get(self);
            mine.keySet().removeIf(other -> other.key().equals(method.key()));
            mine.put(method, new LinkedHashSet<>(Set.of(self)));
        }
    }

    private static void returnZero(MethodVisitor code, Type result) {
        switch (result.getSort()) {
            case Type.VOID -> code.visitInsn(RETURN);
            case Type.LONG -> code.visitInsn(LCONST_0);
            case Type.DOUBLE -> code.visitInsn(DCONST_0);
            case Type.FLOAT -> code.visitInsn(FCONST_0);
            case Type.ARRAY, Type.OBJECT -> code.visitInsn(ACONST_NULL);
            default -> code.visitInsn(ICONST_0);
        }
        if (result.getSort() != Type.VOID) {
            code.visitInsn(result.getOpcode(IRETURN));
        }
    }

    private void drawBody(String last) {
        String name = PACKAGE + "Body";
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(V17, ACC_PUBLIC | ACC_SUPER, name, null, "java/lang/Object", new String[] {last});
        writer.visitField(ACC_PRIVATE | ACC_FINAL, "behaviour", "Ljava/util/function/BiFunction;", null, null)
                .visitEnd();
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC, "<init>", "(Ljava/util/function/BiFunction;)V", null, null);
        code.visitCode();
        code.visitVarInsn(ALOAD, 0);
        code.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
        code.visitVarInsn(ALOAD, 0);
        code.visitVarInsn(ALOAD, 1);
        code.visitFieldInsn(PUTFIELD, name, "behaviour", "Ljava/util/function/BiFunction;");
        code.visitInsn(RETURN);
        code.visitMaxs(0, 0);
        code.visitEnd();
        Map<String, List<Method>> methods = new LinkedHashMap<>();
        offered.get(last).forEach((method, from) -> {
            for (int i = 0; i < from.size(); i++) {
                methods.computeIfAbsent(method.key(), key -> new ArrayList<>()).add(method);
            }
        });
        for (List<Method> candidates : methods.values()) {
            Method method = candidates.get(0);
            boolean isUnambiguousDefault = candidates.size() == 1 && method.isDefault();
            if (isUnambiguousDefault && !NEVER_IMPLEMENTED.contains(method.key()) && data.consumeBoolean()) {
                inherited.add(method.key());
            } else if (!NEVER_IMPLEMENTED.contains(method.key()) && !method.isOfObject()) {
                implement(writer, name, method);
            }
        }
        writer.visitEnd();
        classes.put(name, writer.toByteArray());
    }

    private void implement(ClassWriter writer, String self, Method method) {
        int index = implemented.size();
        implemented.put(method.key(), index);
        MethodVisitor code = writer.visitMethod(ACC_PUBLIC, method.name(), method.descriptor(), null, null);
        code.visitCode();
        code.visitVarInsn(ALOAD, 0);
        code.visitFieldInsn(GETFIELD, self, "behaviour", "Ljava/util/function/BiFunction;");
        code.visitLdcInsn(index);
        box(code, Type.INT_TYPE);
        Type[] parameters = Type.getArgumentTypes(method.descriptor());
        code.visitLdcInsn(parameters.length);
        code.visitTypeInsn(ANEWARRAY, "java/lang/Object");
        int slot = 1;
        for (int i = 0; i < parameters.length; i++) {
            code.visitInsn(DUP);
            code.visitLdcInsn(i);
            code.visitVarInsn(parameters[i].getOpcode(ILOAD), slot);
            box(code, parameters[i]);
            code.visitInsn(AASTORE);
            slot += parameters[i].getSize();
        }
        code.visitMethodInsn(
                INVOKEINTERFACE,
                "java/util/function/BiFunction",
                "apply",
                "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
                true);
        Type result = Type.getReturnType(method.descriptor());
        if (result.getSort() == Type.VOID) {
            code.visitInsn(RETURN);
        } else {
            unbox(code, result);
            code.visitInsn(result.getOpcode(IRETURN));
        }
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    private static String boxOf(Type primitive) {
        return switch (primitive.getSort()) {
            case Type.INT -> "java/lang/Integer";
            case Type.CHAR -> "java/lang/Character";
            default ->
                "java/lang/"
                        + Character.toUpperCase(primitive.getClassName().charAt(0))
                        + primitive.getClassName().substring(1);
        };
    }

    private static void box(MethodVisitor code, Type type) {
        if (type.getSort() < Type.ARRAY) {
            String box = boxOf(type);
            code.visitMethodInsn(INVOKESTATIC, box, "valueOf", "(" + type + ")L" + box + ";", false);
        }
    }

    private static void unbox(MethodVisitor code, Type type) {
        if (type.getSort() >= Type.ARRAY) {
            code.visitTypeInsn(CHECKCAST, type.getInternalName());
        } else {
            code.visitTypeInsn(CHECKCAST, boxOf(type));
            code.visitMethodInsn(INVOKEVIRTUAL, boxOf(type), type.getClassName() + "Value", "()" + type, false);
        }
    }

    private final class Definer extends ClassLoader {

        Definer(ClassLoader parent) {
            super("fuzzed", parent);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name.replace('.', '/'));
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(null, bytes, 0, bytes.length);
        }
    }
}
