package dev.safe.internal.render;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of a stack trace that is the extension's own: from the top down to the guard. */
final class Frames {

    private static final int MAX_FRAMES = 32;
    private static final String[] PLATFORM = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

    private Frames() {}

    static List<String> own(StackTraceElement @Nullable [] trace) {
        List<String> frames = new ArrayList<>();
        if (trace != null) {
            for (int i = 0; i < trace.length && frames.size() < MAX_FRAMES; i++) {
                StackTraceElement frame = trace[i];
                if (frame != null) {
                    if (isGuard(frame)) {
                        break;
                    }
                    frames.add(SafeText.of(frame.toString()));
                }
            }
        }
        return List.copyOf(frames);
    }

    /** The frame a panic is recognized by: the top one that is not the platform's, without its line's class loader. */
    static String place(StackTraceElement @Nullable [] trace) {
        if (trace == null) {
            return "";
        }
        StackTraceElement top = null;
        for (int i = 0; i < Math.min(trace.length, 1_024); i++) {
            StackTraceElement frame = trace[i];
            if (frame == null) {
                continue;
            }
            if (isGuard(frame)) {
                break;
            }
            top = top == null ? frame : top;
            if (!isPlatform(frame.getClassName())) {
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

    private static boolean isPlatform(String type) {
        for (String prefix : PLATFORM) {
            if (type.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
