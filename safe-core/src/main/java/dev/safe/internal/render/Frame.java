package dev.safe.internal.render;

import org.jspecify.annotations.Nullable;

/** Holds a stack frame in strings that are safe, even if the element was forged. */
record Frame(String type, String method, String source) {

    /** Precedes a number in the name of a method into which AspectJ has moved the body of another. */
    private static final String WOVEN_BODY = "_aroundBody";

    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};
    private static final String[] PROXIES = {"org.springframework.aop.", "org.springframework.cglib.", "org.aspectj."};

    static Frame of(StackTraceElement element) {
        return new Frame(
                SafeText.of(element.getClassName()), unwoven(SafeText.of(element.getMethodName())), source(element));
    }

    private static String unwoven(String method) {
        int suffix = method.lastIndexOf(WOVEN_BODY);
        return suffix > 0 && StableName.isNumber(method, suffix + WOVEN_BODY.length())
                ? method.substring(0, suffix)
                : method;
    }

    private static String source(StackTraceElement element) {
        if (element.isNativeMethod()) {
            return "Native Method";
        }
        String file = element.getFileName();
        if (file == null) {
            return "Unknown Source";
        }
        int line = element.getLineNumber();
        return line < 0 ? SafeText.of(file) : SafeText.of(file).concat(":").concat(Integer.toString(line));
    }

    /** Returns whether the frame belongs to the guard. */
    boolean isGuard() {
        return GuardClasses.contain(type);
    }

    boolean isPlatform() {
        return startsWithOneOf(PLATFORM);
    }

    /** Returns whether the frame may belong to what calls an extension on behalf of a proxy. */
    boolean isBetween() {
        return isPlatform() || startsWithOneOf(PROXIES) || type.contains("$$SpringCGLIB$$");
    }

    private boolean startsWithOneOf(String[] prefixes) {
        for (String prefix : prefixes) {
            if (type.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether AspectJ wove the frame in between an extension's method and its body. */
    boolean isWovenIn() {
        return type.contains("$AjcClosure")
                || type.equals(GuardClasses.WOVEN_INTO_EXTENSIONS)
                || type.equals("org.aspectj.runtime.reflect.JoinPointImpl");
    }

    /** Compares as {@code equals} does, which the JVM would have to link first. */
    boolean isSameAs(Frame other) {
        return type.equals(other.type) && method.equals(other.method) && source.equals(other.source);
    }

    /** Returns the frame in the form that stack traces have. */
    String text() {
        StringBuilder text = new StringBuilder(type).append('.').append(method);
        return SafeText.of(text.append('(').append(source).append(')').toString());
    }

    /** Returns whether an element is safe to print as it is. */
    static boolean isSafe(StackTraceElement element) {
        return isSafe(element.getClassName())
                && isSafe(element.getMethodName())
                && isSafe(element.getFileName())
                && isSafe(element.getClassLoaderName())
                && isSafe(element.getModuleName())
                && isSafe(element.getModuleVersion());
    }

    private static boolean isSafe(@Nullable String part) {
        return part == null || SafeText.isSafe(part);
    }
}
