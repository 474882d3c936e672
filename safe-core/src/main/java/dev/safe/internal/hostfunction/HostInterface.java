package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes an interface whose implementations can be wrapped, by the methods that a wrapper has to answer. */
final class HostInterface {

    /** Identifies a method as the JVM does: bridges differ only in the return type. */
    record Signature(String name, MethodType type) {

        private static final List<Signature> OF_OBJECT = List.of(
                new Signature("equals", MethodType.methodType(boolean.class, Object.class)),
                new Signature("hashCode", MethodType.methodType(int.class)),
                new Signature("toString", MethodType.methodType(String.class)));

        /** Identifies the method that the garbage collector calls on every object whose class has it. */
        private static final Signature FINALIZER = new Signature("finalize", MethodType.methodType(void.class));

        static Signature of(Method method) {
            return new Signature(
                    method.getName(), MethodType.methodType(method.getReturnType(), method.getParameterTypes()));
        }

        boolean isOfObject() {
            return OF_OBJECT.contains(this);
        }
    }

    /**
     * Describes one method.
     *
     * @param overridable its index among the default methods, or {@link #ABSTRACT}
     */
    record HostMethod(Signature signature, Method method, int overridable) {

        static final int ABSTRACT = -1;

        boolean isAbstract() {
            return overridable == ABSTRACT;
        }

        Class<?> returnType() {
            return signature.type().returnType();
        }
    }

    private static final boolean[] NO_DEFAULT_METHODS = {};

    private final Class<?> type;
    private final Map<Signature, HostMethod> methods = new LinkedHashMap<>();
    private final int defaultMethods;

    /** Caches by the target's class. Keys are weak, and values refer to no class. */
    private final ClassValue<boolean[]> overridden = new ClassValue<>() {
        @Override
        protected boolean[] computeValue(Class<?> target) {
            return findOverridden(target);
        }
    };

    private HostInterface(Class<?> type) {
        this.type = type;
        Map<Signature, List<Method>> inherited = Arrays.stream(methodsOf(type))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .collect(Collectors.groupingBy(Signature::of, LinkedHashMap::new, Collectors.toList()));
        int defaults = 0;
        for (Map.Entry<Signature, List<Method>> entry : inherited.entrySet()) {
            Signature signature = entry.getKey();
            Method method = entry.getValue().get(0);
            if (!signature.isOfObject()) {
                boolean isDefault = entry.getValue().size() == 1 && method.isDefault();
                int place = isDefault ? defaults++ : HostMethod.ABSTRACT;
                methods.put(signature, new HostMethod(signature, method, place));
            }
        }
        defaultMethods = defaults;
    }

    private static Method[] methodsOf(Class<?> type) {
        try {
            return type.getMethods();
        } catch (LinkageError broken) {
            throw new IllegalArgumentException(
                    "'type' must be an interface whose methods name only classes that its class loader finds, got %s: %s"
                            .formatted(type.getName(), broken),
                    broken);
        }
    }

    /** Describes an interface, or throws an {@link IllegalArgumentException} if it cannot be wrapped. */
    static HostInterface of(Class<?> type) {
        require(type, type.isInterface(), "an interface");
        require(type, !type.isAnnotation(), "an interface of functions, not an annotation");
        require(type, !type.isSealed(), "an interface that is not sealed, since a wrapper has to implement it");
        require(type, !type.isHidden(), "an interface that is not hidden, since a wrapper has to name it");
        HostInterface host = new HostInterface(type);
        require(
                type,
                !host.methods.containsKey(Signature.FINALIZER),
                "an interface without finalize(), since the garbage collector would call it on each wrapper");
        return host;
    }

    private static void require(Class<?> type, boolean met, String rule) {
        if (!met) {
            throw new IllegalArgumentException("'type' must be %s, got %s".formatted(rule, type.getName()));
        }
    }

    Class<?> type() {
        return type;
    }

    /** Returns the methods that a wrapper has to answer, without those that every object has. */
    Iterable<HostMethod> methods() {
        return methods.values();
    }

    /**
     * Returns the one of {@link #methods()} that answers for a method, or null if none does, as for a static method.
     */
    @Nullable HostMethod method(Method method) {
        return Modifier.isStatic(method.getModifiers()) ? null : methods.get(Signature.of(method));
    }

    void requireImplementedBy(Object body) {
        if (!type.isInstance(body)) {
            throw new IllegalArgumentException("'body' must implement %s, got an instance of %s"
                    .formatted(type.getName(), body.getClass().getName()));
        }
    }

    /** Checks that a sentinel fits the return type of every abstract method. */
    void requireFit(Fallback fallback) {
        boolean used = false;
        for (HostMethod method : methods.values()) {
            if (method.isAbstract() && method.returnType() != void.class) {
                fallback.requireFit(method.returnType(), () -> describe(method));
                used = true;
            }
        }
        if (!used) {
            throw new IllegalArgumentException(
                    "'sentinel' is of no use: no abstract method of %s returns anything".formatted(type.getName()));
        }
    }

    private String describe(HostMethod method) {
        String parameters = Arrays.stream(method.method().getParameterTypes())
                .map(Class::getTypeName)
                .collect(Collectors.joining(", ", "(", ")"));
        return type.getName() + "." + method.signature().name() + parameters;
    }

    /** Returns which default methods a target overrides, indexed by {@link HostMethod#overridable()}. */
    boolean[] overriddenBy(Object target) {
        return defaultMethods == 0 ? NO_DEFAULT_METHODS : overridden.get(target.getClass());
    }

    private boolean[] findOverridden(Class<?> target) {
        boolean[] found = new boolean[defaultMethods];
        for (Method candidate : publicMethods(target)) {
            HostMethod method = method(candidate);
            if (method != null && !method.isAbstract() && !candidate.equals(method.method())) {
                found[method.overridable()] = true;
            }
        }
        return found;
    }

    private static Method[] publicMethods(Class<?> target) {
        try {
            return target.getMethods();
        } catch (LinkageError broken) {
            // The class names others that are missing. Ignoring the default methods that it overrides is safer than
            // handing out the target.
            return new Method[0];
        }
    }
}
