package dev.safe.internal.render;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A stack frame in safe strings, whoever forged the element it is made of. */
record Frame(String type, String method, String source) {

    /**
     * The classes that call across a boundary, so that one of them is below the extension's frames. Listed one by one:
     * other code in packages of these names, an application's or a test's, may well be an extension.
     */
    private static final Set<String> GUARD = Set.of(
            "dev.safe.Boundary",
            "dev.safe.EntryPoints",
            "dev.safe.ExtensionGuard",
            "dev.safe.GuardedExtension",
            "dev.safe.internal.hostfunction.ProxyHandler",
            "dev.safe.spring.ExtensionAdvice",
            "dev.safe.spring.ExtensionAdvisor",
            "dev.safe.spring.ExtensionAspect",
            "dev.safe.spun.GuardedHostFunction");

    /** Where AspectJ moves the body of a method that it weaves. */
    private static final Pattern WOVEN_BODY = Pattern.compile("_aroundBody\\d+$");

    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};
    private static final String[] PROXIES = {"org.springframework.aop.", "org.springframework.cglib.", "org.aspectj."};

    static Frame of(StackTraceElement element) {
        String method = SafeText.of(element.getMethodName());
        return new Frame(
                SafeText.of(element.getClassName()), WOVEN_BODY.matcher(method).replaceFirst(""), source(element));
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

    /** Whether it is of the guard, or of a class nested in one of the guard's. */
    boolean isGuard() {
        int nested = type.indexOf('$');
        return GUARD.contains(nested < 0 ? type : type.substring(0, nested));
    }

    boolean isPlatform() {
        return startsWithOneOf(PLATFORM);
    }

    /** Whether it is of what calls an extension on behalf of a proxy. */
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

    /** Whether it is of what AspectJ weaves in between an extension's method and its body. */
    boolean isWovenIn() {
        return type.contains("$AjcClosure")
                || type.equals("dev.safe.spring.WovenExtensions")
                || type.equals("org.aspectj.runtime.reflect.JoinPointImpl");
    }

    /** The frame as stack traces show it. */
    String text() {
        StringBuilder text = new StringBuilder(type).append('.').append(method);
        return SafeText.of(text.append('(').append(source).append(')').toString());
    }

    /** Whether an element is safe to print as it is. */
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
