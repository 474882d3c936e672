package dev.safe.internal.render;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of a stack trace that is the extension's own: from the top down to the guard. */
final class Frames {

    private static final int MAX_FRAMES = 32;
    private static final int MAX_DEPTH = 1_024;
    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

    /** What stands between the guard and an extension that is proxied. */
    private static final String[] PROXIES = {"org.springframework.aop.", "org.springframework.cglib.", "org.aspectj."};

    private Frames() {}

    static List<String> own(StackTraceElement @Nullable [] trace) {
        List<String> frames = new ArrayList<>();
        if (trace != null) {
            int end = endOfOwn(trace);
            for (int i = 0; i < end && frames.size() < MAX_FRAMES; i++) {
                if (trace[i] != null) {
                    frames.add(SafeText.of(trace[i].toString()));
                }
            }
        }
        return List.copyOf(frames);
    }

    /** Where the guard begins, or the proxy that the guard calls the extension through. */
    private static int endOfOwn(StackTraceElement[] trace) {
        int end = 0;
        while (end < trace.length && end < MAX_DEPTH && (trace[end] == null || !isGuard(trace[end]))) {
            end++;
        }
        int own = end;
        while (own > 0 && end < trace.length && isBetween(trace[own - 1])) {
            own--;
        }
        return own > 0 ? own : end;
    }

    private static boolean isBetween(@Nullable StackTraceElement frame) {
        return frame == null
                || startsWith(frame.getClassName(), PLATFORM)
                || startsWith(frame.getClassName(), PROXIES)
                || frame.getClassName().contains("$$SpringCGLIB$$")
                || frame.getClassName().equals("dev.safe.spring.ExtensionAspect");
    }

    /** The frame a panic is recognized by: the top one that is not the platform's, without its line's class loader. */
    static String place(StackTraceElement @Nullable [] trace) {
        if (trace == null) {
            return "";
        }
        StackTraceElement top = null;
        for (int i = 0; i < Math.min(trace.length, MAX_DEPTH); i++) {
            StackTraceElement frame = trace[i];
            if (frame == null) {
                continue;
            }
            if (isGuard(frame)) {
                break;
            }
            top = top == null ? frame : top;
            if (!startsWith(frame.getClassName(), PLATFORM)) {
                return place(frame);
            }
        }
        return top == null ? "" : place(top);
    }

    /** Numbers that the compiler or the JVM give out anew must not make a place look like another. */
    private static String place(StackTraceElement frame) {
        String type = frame.getClassName().replaceAll("\\$\\$Lambda.*|/0x[0-9a-f]+", "");
        String method = frame.getMethodName().replaceAll("^lambda\\$(.*)\\$\\d+$", "$1");
        return type + "." + method + ":" + frame.getLineNumber();
    }

    private static boolean isGuard(StackTraceElement frame) {
        String type = frame.getClassName();
        return type.equals("dev.safe.Boundary")
                || type.equals("dev.safe.EntryPoints")
                || type.equals("dev.safe.ExtensionGuard")
                || type.startsWith("dev.safe.internal.hostfunction.");
    }

    private static boolean startsWith(String type, String[] prefixes) {
        for (String prefix : prefixes) {
            if (type.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
