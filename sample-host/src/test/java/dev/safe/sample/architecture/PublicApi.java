package dev.safe.sample.architecture;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes down what others can use of the classes of one package, as Java's source would have it: a line for each type and
 * member, in a fixed order, so that a change is a changed line.
 *
 * <p>What a type inherits from one that is not public counts as its own. What each record and each enum has is left out.
 * Of annotations there are those of the language and of JSpecify.
 */
final class PublicApi {

    private static final Set<String> ANNOTATIONS =
            Set.of("java.lang", "java.lang.annotation", "org.jspecify.annotations");

    private final List<Class<?>> types;
    private final Set<String> names;

    /** Maps simple names to the one class that needs no package before its name. */
    private final Map<String, String> imports = new TreeMap<>();

    private final StringBuilder text = new StringBuilder();

    private PublicApi(List<Class<?>> types) {
        this.types = types;
        this.names = types.stream().map(Class::getSimpleName).collect(toSet());
    }

    /** Returns the API of top-level classes, package by package. */
    static String of(Collection<Class<?>> types) {
        return types.stream()
                .filter(PublicApi::isVisible)
                .sorted(comparing(Class::getName))
                .collect(groupingBy(Class::getPackageName, TreeMap::new, toCollection(ArrayList<Class<?>>::new)))
                .values()
                .stream()
                .map(ofPackage -> new PublicApi(ofPackage).write())
                .collect(joining("\n"));
    }

    private String write() {
        types.forEach(type -> {
            text.append('\n');
            type(type, "");
        });
        Package itself = types.get(0).getPackage();
        String imported = imports.values().stream()
                .sorted()
                .map("import %s;\n"::formatted)
                .collect(joining("", imports.isEmpty() ? "" : "\n", ""));
        return annotations(itself) + "package " + itself.getName() + ";\n" + imported + text;
    }

    // --- Types ---

    private void type(Class<?> type, String indent) {
        text.append(indent).append(annotations(type)).append(head(type)).append(" {\n");
        constants(type).forEach(constant -> member(indent, constant + ","));
        lines(type, Class::getDeclaredFields, this::field).forEach(line -> member(indent, line));
        if (!type.isEnum()) {
            Stream.of(type.getDeclaredConstructors())
                    .filter(constructor -> isVisible(constructor, type) && !isCanonical(constructor))
                    .map(this::constructor)
                    .sorted()
                    .forEach(line -> member(indent, line));
        }
        lines(type, Class::getDeclaredMethods, method -> isImplied(method, type) ? null : method(method, type))
                .forEach(line -> member(indent, line));
        Stream.of(type.getDeclaredClasses())
                .filter(nested -> isVisible(nested) && isReachable(nested.getModifiers(), type))
                .sorted(comparing(Class::getSimpleName))
                .forEach(nested -> type(nested, indent + "    "));
        text.append(indent).append("}\n");
    }

    private void member(String indent, String line) {
        text.append(indent).append("    ").append(line).append('\n');
    }

    /** Returns a line for each member that is visible, those that the type inherits from hidden ones among them. */
    private static <M extends Member> Collection<String> lines(
            Class<?> type, Function<Class<?>, M[]> declared, Function<M, String> line) {
        Map<String, String> lines = new TreeMap<>();
        for (Class<?> home :
                Stream.concat(Stream.of(type), hidden(type).stream()).toList()) {
            for (M member : declared.apply(home)) {
                String written = isVisible(member, type) ? line.apply(member) : null;
                if (written != null) {
                    lines.putIfAbsent(identity(member), written);
                }
            }
        }
        return lines.values();
    }

    /** Returns what overloads differ in, and what a member and those that it overrides have in common. */
    private static String identity(Member member) {
        return member.getName()
                + (member instanceof Executable executable
                        ? Arrays.stream(executable.getParameterTypes())
                                .map(Class::getName)
                                .collect(joining(",", "(", ")"))
                        : "");
    }

    /** Returns the classes and interfaces that others cannot name, and that this one inherits from. */
    private static List<Class<?>> hidden(Class<?> type) {
        List<Class<?>> hidden = new ArrayList<>();
        for (Class<?> parent : parents(type)) {
            if (!isVisible(parent)) {
                hidden.add(parent);
                hidden.addAll(hidden(parent));
            }
        }
        return hidden;
    }

    private static List<Class<?>> parents(Class<?> type) {
        return Stream.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
                .toList();
    }

    private String head(Class<?> type) {
        StringBuilder head = new StringBuilder(access(type.getModifiers()));
        boolean isClass = !type.isInterface() && !type.isEnum() && !type.isRecord();
        if (isClass) {
            head.append(Modifier.isStatic(type.getModifiers()) ? "static " : "");
            head.append(Modifier.isAbstract(type.getModifiers()) ? "abstract " : "");
            head.append(Modifier.isFinal(type.getModifiers()) ? "final " : "");
        }
        if (isClass || type.isInterface()) {
            boolean isOpen = !type.isSealed() && !Modifier.isFinal(type.getModifiers());
            head.append(type.isSealed() ? "sealed " : "");
            head.append(isOpen && parents(type).stream().anyMatch(Class::isSealed) ? "non-sealed " : "");
        }
        head.append(kind(type)).append(' ').append(type.getSimpleName()).append(variables(type.getTypeParameters()));
        if (type.isRecord()) {
            head.append(Stream.of(type.getRecordComponents())
                    .map(component -> type(component.getAnnotatedType()) + " " + component.getName())
                    .collect(joining(", ", "(", ")")));
        }
        if (isClass) {
            head.append(named(" extends ", superclass(type)));
        }
        if (!type.isAnnotation()) {
            head.append(named(type.isInterface() ? " extends " : " implements ", interfaces(type)));
        }
        if (type.isSealed() && !type.isEnum()) {
            head.append(Stream.of(type.getPermittedSubclasses())
                    .filter(PublicApi::isVisible)
                    .map(this::name)
                    .sorted()
                    .collect(joining(", ", " permits ", "")));
        }
        return head.toString();
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        return type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private static String named(String keyword, List<String> types) {
        return types.isEmpty() ? "" : keyword + String.join(", ", types);
    }

    /** Returns the nearest superclass that others can name, unless that is the one that each class has. */
    private List<String> superclass(Class<?> type) {
        Class<?> heir = type;
        while (!isVisible(heir.getSuperclass())) {
            heir = heir.getSuperclass();
        }
        return heir.getSuperclass() == Object.class ? List.of() : List.of(type(heir.getAnnotatedSuperclass()));
    }

    private List<String> interfaces(Class<?> type) {
        return Stream.concat(Stream.of(type), hidden(type).stream())
                .flatMap(heir -> IntStream.range(0, heir.getInterfaces().length)
                        .filter(index -> isVisible(heir.getInterfaces()[index]))
                        .mapToObj(index -> type(heir.getAnnotatedInterfaces()[index])))
                .distinct()
                .toList();
    }

    private static List<String> constants(Class<?> type) {
        return type.isEnum()
                ? Stream.of(type.getEnumConstants())
                        .map(constant -> ((Enum<?>) constant).name())
                        .toList()
                : List.of();
    }

    // --- Members ---

    private String field(Field field) {
        if (field.isEnumConstant()) {
            return null;
        }
        boolean isConstant = Modifier.isStatic(field.getModifiers())
                && Modifier.isFinal(field.getModifiers())
                && (field.getType().isPrimitive() || field.getType() == String.class);
        return annotations(field)
                + access(field.getModifiers())
                + (Modifier.isStatic(field.getModifiers()) ? "static " : "")
                + (Modifier.isFinal(field.getModifiers()) ? "final " : "")
                + type(field.getAnnotatedType())
                + " "
                + field.getName()
                + (isConstant ? " = " + literal(constant(field)) : "")
                + ";";
    }

    private static Object constant(Field field) {
        try {
            field.setAccessible(true);
            return field.get(null);
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private String constructor(Constructor<?> constructor) {
        return annotations(constructor)
                + access(constructor.getModifiers())
                + variables(constructor.getTypeParameters(), " ")
                + constructor.getDeclaringClass().getSimpleName()
                + signature(constructor)
                + ";";
    }

    private String method(Method method, Class<?> type) {
        int modifiers = method.getModifiers();
        boolean ofInterface = method.getDeclaringClass().isInterface();
        boolean canBeOverridden = !Modifier.isFinal(type.getModifiers()) && !Modifier.isStatic(modifiers);
        return annotations(method)
                + (ofInterface ? "" : access(modifiers))
                + (Modifier.isAbstract(modifiers) && !ofInterface ? "abstract " : "")
                + (Modifier.isStatic(modifiers) ? "static " : "")
                + (Modifier.isFinal(modifiers) && canBeOverridden ? "final " : "")
                + (method.isDefault() ? "default " : "")
                + variables(method.getTypeParameters(), " ")
                + type(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + signature(method)
                + (method.getDefaultValue() == null ? "" : " default " + literal(method.getDefaultValue()))
                + ";";
    }

    private String signature(Executable executable) {
        Parameter[] parameters = executable.getParameters();
        String written = IntStream.range(0, parameters.length)
                .mapToObj(index -> {
                    String type = type(parameters[index].getAnnotatedType());
                    return (parameters[index].isVarArgs() ? type.replaceFirst("\\[]$", "...") : type)
                            + " "
                            + parameters[index].getName();
                })
                .collect(joining(", ", "(", ")"));
        return written
                + named(
                        " throws ",
                        Stream.of(executable.getAnnotatedExceptionTypes())
                                .map(this::type)
                                .toList());
    }

    private static boolean isCanonical(Constructor<?> constructor) {
        Class<?> type = constructor.getDeclaringClass();
        return type.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        Stream.of(type.getRecordComponents())
                                .map(RecordComponent::getType)
                                .toArray());
    }

    /** Returns whether each record or each enum has such a method. */
    private static boolean isImplied(Method method, Class<?> type) {
        String identity = identity(method);
        if (type.isRecord()) {
            return Set.of("equals(java.lang.Object)", "hashCode()", "toString()")
                            .contains(identity)
                    || Stream.of(type.getRecordComponents())
                            .anyMatch(component -> identity.equals(component.getName() + "()"));
        }
        return type.isEnum() && Set.of("values()", "valueOf(java.lang.String)").contains(identity);
    }

    // --- Who can see it ---

    private static boolean isVisible(Class<?> type) {
        boolean isNamed = Modifier.isPublic(type.getModifiers()) || Modifier.isProtected(type.getModifiers());
        return isNamed && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
    }

    private static boolean isVisible(Member member, Class<?> type) {
        return !member.isSynthetic() && isReachable(member.getModifiers(), type);
    }

    /** Returns whether others can use what has these modifiers: what is protected, by a subclass only. */
    private static boolean isReachable(int modifiers, Class<?> type) {
        return Modifier.isPublic(modifiers)
                || Modifier.isProtected(modifiers) && !Modifier.isFinal(type.getModifiers()) && !type.isEnum();
    }

    private static String access(int modifiers) {
        return Modifier.isPublic(modifiers) ? "public " : "protected ";
    }

    // --- Words of the source ---

    private String variables(TypeVariable<?>[] variables) {
        return variables(variables, "");
    }

    private String variables(TypeVariable<?>[] variables, String after) {
        return variables.length == 0
                ? ""
                : Stream.of(variables)
                        .map(variable -> variable.getName() + bounds(" extends ", variable.getAnnotatedBounds()))
                        .collect(joining(", ", "<", ">" + after));
    }

    private String bounds(String keyword, AnnotatedType[] bounds) {
        String written = Stream.of(bounds).map(this::type).collect(joining(" & "));
        return written.isEmpty() || written.equals("Object") ? "" : keyword + written;
    }

    private String type(AnnotatedType type) {
        if (type instanceof AnnotatedArrayType array) {
            String annotations = annotations(type);
            return type(array.getAnnotatedGenericComponentType())
                    + (annotations.isEmpty() ? "" : " " + annotations)
                    + "[]";
        }
        String name;
        if (type instanceof AnnotatedParameterizedType parameterized) {
            name = name((Class<?>) ((ParameterizedType) type.getType()).getRawType())
                    + Stream.of(parameterized.getAnnotatedActualTypeArguments())
                            .map(this::type)
                            .collect(joining(", ", "<", ">"));
        } else if (type instanceof AnnotatedWildcardType wildcard) {
            name = "?"
                    + (wildcard.getAnnotatedLowerBounds().length > 0
                            ? bounds(" super ", wildcard.getAnnotatedLowerBounds())
                            : bounds(" extends ", wildcard.getAnnotatedUpperBounds()));
        } else {
            name = type.getType() instanceof Class<?> itself
                    ? name(itself)
                    : type.getType().getTypeName();
        }
        return annotations(type) + name;
    }

    private String name(Class<?> type) {
        String name = type.getCanonicalName();
        if (type.isPrimitive()) {
            return name;
        }
        String nested = name.substring(type.getPackageName().length() + 1);
        String ofPackage = type.getPackageName();
        if (ofPackage.equals("java.lang") || ofPackage.equals(types.get(0).getPackageName())) {
            return nested;
        }
        String simple = nested.replaceFirst("\\..*", "");
        String imported = ofPackage + "." + simple;
        boolean isFree = !names.contains(simple) && imports.putIfAbsent(simple, imported) == null;
        return isFree || imported.equals(imports.get(simple)) ? nested : name;
    }

    private String annotations(AnnotatedElement element) {
        return Stream.of(element.getDeclaredAnnotations())
                .filter(annotation ->
                        ANNOTATIONS.contains(annotation.annotationType().getPackageName()))
                .map(this::annotation)
                .sorted()
                .map(annotation -> annotation + " ")
                .collect(joining());
    }

    private String annotation(Annotation annotation) {
        String arguments = Stream.of(annotation.annotationType().getDeclaredMethods())
                .sorted(comparing(Method::getName))
                .map(method -> argument(method, annotation))
                .filter(Objects::nonNull)
                .collect(joining(", "));
        return "@" + annotation.annotationType().getSimpleName() + (arguments.isEmpty() ? "" : "(" + arguments + ")");
    }

    private String argument(Method method, Annotation annotation) {
        try {
            Object value = method.invoke(annotation);
            if (Objects.deepEquals(value, method.getDefaultValue())) {
                return null;
            }
            return (method.getName().equals("value") ? "" : method.getName() + " = ") + literal(value);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private String literal(Object value) {
        if (value.getClass().isArray()) {
            return IntStream.range(0, Array.getLength(value))
                    .mapToObj(index -> literal(Array.get(value, index)))
                    .collect(joining(", ", "{", "}"));
        }
        if (value instanceof Annotation annotation) {
            return annotation(annotation);
        }
        if (value instanceof Class<?> type) {
            return name(type) + ".class";
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return value instanceof String ? "\"" + value + "\"" : value instanceof Long ? value + "L" : value.toString();
    }
}
