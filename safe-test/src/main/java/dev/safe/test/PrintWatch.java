package dev.safe.test;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records what some threads print, except through loggers, until it is closed. Everything is still printed. */
final class PrintWatch implements AutoCloseable {

    private static final List<String> LOGGERS = List.of(
            "ch.qos.logback.",
            "org.apache.logging.",
            "org.apache.log4j.",
            "java.util.logging.",
            "org.slf4j.simple.",
            "org.jboss.logmanager.",
            "org.tinylog.");
    private static final int SHOWN = 200;

    private final ThreadGroup group;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream toOut = new ByteArrayOutputStream();
    private final ByteArrayOutputStream toErr = new ByteArrayOutputStream();

    PrintWatch(ThreadGroup group) {
        this.group = group;
        System.setOut(new PrintStream(new Copy(out, toOut), true));
        System.setErr(new PrintStream(new Copy(err, toErr), true));
    }

    /** Returns what was printed, by stream. If it is long, returns its beginning. */
    Map<String, String> printed() {
        Map<String, String> printed = new TreeMap<>();
        note(printed, "System.out", toOut);
        note(printed, "System.err", toErr);
        return printed;
    }

    private static void note(Map<String, String> printed, String stream, ByteArrayOutputStream bytes) {
        String text = bytes.toString(Charset.defaultCharset()).strip();
        if (!text.isEmpty()) {
            printed.put(stream, text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
        }
    }

    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
    }

    /** Passes everything on, and keeps a copy of what the threads print themselves. */
    private final class Copy extends OutputStream {

        private final PrintStream original;
        private final ByteArrayOutputStream kept;

        Copy(PrintStream original, ByteArrayOutputStream kept) {
            this.original = original;
            this.kept = kept;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            original.write(bytes, offset, length);
            if (group.parentOf(Thread.currentThread().getThreadGroup()) && !isLogging()) {
                kept.write(bytes, offset, length);
            }
        }

        @Override
        public void flush() {
            original.flush();
        }

        private boolean isLogging() {
            return StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> LOGGERS.stream().anyMatch(frame.getClassName()::startsWith)));
        }
    }
}
