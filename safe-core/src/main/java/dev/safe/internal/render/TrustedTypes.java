package dev.safe.internal.render;

import java.lang.reflect.Method;

/**
 * Whether a throwable can be relied on to say the same each time it is asked, and to print no more than it says. It can if
 * its class leaves to {@link Throwable} whatever a log asks for. A class that answers for itself may answer otherwise the
 * next time, and what it prints may come from anywhere, such as a parsed document.
 *
 * <p>The types in {@code java.*} are relied on, whatever they override: their answers depend on nothing but strings, and
 * other throwables that are looked at as well. Nobody else can define a class of such a name. Those in {@code javax.*} and
 * {@code org.xml.*} are not: some print a locator, which is the document's.
 *
 * <p>This goes by class, not by trying: no number of equal answers says what the next one will be. What is left is a thread
 * of the extension's that adds to a throwable while it is printed. That takes hostile code, which could as well write to
 * the log, and it is not worth losing the type of every throwable: log trackers group by it.
 */
final class TrustedTypes {

    /** Stored with the class itself, so that it does not outlive it. */
    private static final ClassValue<Boolean> RELIABLE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isReliable(type);
        }
    };

    private TrustedTypes() {}

    /** Throws what the JVM throws if the class cannot be looked at: it names classes that are missing, for example. */
    static boolean isReliable(Throwable thrown) {
        return RELIABLE.get(thrown.getClass());
    }

    private static boolean isReliable(Class<?> type) {
        if (type == SafeCopy.class) {
            return true;
        }
        for (Class<?> next = type; next != null && !next.getName().startsWith("java."); next = next.getSuperclass()) {
            for (Method method : next.getDeclaredMethods()) {
                if (isAskedByLogs(method)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isAskedByLogs(Method method) {
        return switch (method.getName()) {
            case "getMessage", "getLocalizedMessage", "toString", "getCause", "getStackTrace" ->
                method.getParameterCount() == 0;
            case "printStackTrace" -> true;
            default -> false;
        };
    }
}
