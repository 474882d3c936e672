package dev.safe.internal.render;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Renders throwables of all kinds, so that the JVM initialises and links all classes that rendering needs, before a
 * panic needs them.
 */
final class RenderingRehearsal {

    private static final String UNSAFE = "a\r\n\t\u001B\uD800b\uD83C\uDF89";

    private RenderingRehearsal() {}

    static void run() {
        Throwable plain = new IllegalStateException("rehearsal", new Unruly());
        plain.addSuppressed(new IllegalStateException("rehearsal"));
        plain.setStackTrace(trace());
        Throwable unsafe = new IllegalStateException(UNSAFE, plain);
        unsafe.addSuppressed(plain);
        Throwable harmless = new IllegalStateException("rehearsal", new IllegalStateException());
        for (Throwable thrown : List.of(plain, unsafe, harmless, new Unruly(), new StackOverflowError())) {
            ThrowableText.of(thrown);
            ThrowableText.describe(thrown);
            ThrowableText.printable(thrown);
            ThrowableText.frames(trace());
        }
        ExtensionTrace.of(trace(), trace());
        SafeText.of("x".repeat(2 * SafeText.MAX_LENGTH));
        SafeText.value("\"\\");
    }

    /** Returns frames of every kind. */
    private static StackTraceElement[] trace() {
        StackTraceElement recursion = frame("com.acme.Udp", "lambda$poll$1", "Udp.java", 1);
        return new StackTraceElement[] {
            frame("com.acme.Udp$$Lambda$14/0x0000000800c03000", UNSAFE, null, -1),
            recursion,
            recursion,
            recursion,
            frame("com.acme.Udp$$SpringCGLIB$$0", "poll_aroundBody1", "Udp.java", -1),
            frame("com.acme.$Proxy12", "poll", "Udp.java", -2),
            frame("java.lang.Thread", "run", null, -1),
            frame("dev.safe.Boundary", "call", "Boundary.java", 1)
        };
    }

    private static StackTraceElement frame(String type, String method, @Nullable String file, int line) {
        return new StackTraceElement(type, method, file, line);
    }

    /** Throws from each method that rendering calls. */
    private static final class Unruly extends RuntimeException {

        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException();
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException();
        }
    }
}
