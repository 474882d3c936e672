package dev.safe.internal.render;

import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Decides which classes of throwables give the same answers each time a log asks, and print nothing but these answers.
 * A class is trusted if it overrides none of the methods of the throwables of {@code java.*}, apart from the one that
 * fills in the stack trace. A class that overrides what a log calls, or what the platform's own methods call in turn,
 * such as {@code getReason}, may answer differently the next time, and may print anything, such as part of a parsed
 * document.
 *
 * <p>Types in {@code java.*} are trusted, whatever they override. Their answers depend only on strings, and on other
 * throwables, which are checked as well. Nobody else can define a class with such a name. Types in {@code javax.*} and
 * {@code org.xml.*} are not trusted: some print a locator, which the document supplies.
 *
 * <p>Trying out a throwable would prove nothing, since no number of equal answers predicts the next one.
 *
 * <p>One gap remains: a thread of the extension can add to a throwable while it is printed. That takes hostile code,
 * which could write to the log itself. Closing the gap would mean to replace every throwable, and so to lose its type,
 * by which log trackers group.
 */
final class TrustedTypes {

    /** Stores the answer with the class itself, so that it goes when the class goes. */
    private static final ClassValue<Boolean> TRUSTED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isTrusted(type);
        }
    };

    private TrustedTypes() {}

    /**
     * Returns whether a class of throwables is trusted. Throws what the JVM throws if the class cannot be inspected,
     * for example because it names classes that are missing.
     */
    static boolean contain(Class<? extends Throwable> type) {
        return type == SafeCopy.class || TRUSTED.get(type);
    }

    private static boolean isTrusted(Class<?> type) {
        for (Class<?> next = type; next != null && !isPlatform(next); next = next.getSuperclass()) {
            for (Method method : next.getDeclaredMethods()) {
                if (!method.getName().equals("fillInStackTrace") && overridesPlatform(method)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isPlatform(Class<?> type) {
        return type.getName().startsWith("java.");
    }

    private static boolean overridesPlatform(Method method) {
        Class<?> next = method.getDeclaringClass().getSuperclass();
        while (next != null && next != Object.class) {
            if (isPlatform(next) && declares(next, method)) {
                return true;
            }
            next = next.getSuperclass();
        }
        return false;
    }

    private static boolean declares(Class<?> type, Method method) {
        for (Method declared : type.getDeclaredMethods()) {
            if (declared.getName().equals(method.getName())
                    && Arrays.equals(declared.getParameterTypes(), method.getParameterTypes())) {
                return true;
            }
        }
        return false;
    }
}
