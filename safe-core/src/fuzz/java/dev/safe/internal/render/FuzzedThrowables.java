package dev.safe.internal.render;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.safe.testing.FuzzedText;
import java.io.InvalidClassException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.sql.SQLException;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.MissingResourceException;
import java.util.regex.PatternSyntaxException;
import javax.xml.stream.XMLStreamException;
import javax.xml.transform.TransformerException;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Draws throwables of any shape: well-behaved ones, those of the platform, some whose class has an odd name, and some
 * that answer each question as they like. They refer to each other in any way, cycles included.
 */
final class FuzzedThrowables {

    private static final int MAX_NODES = 12;
    private static final int MAX_CHAIN = 200;

    private final FuzzedDataProvider data;
    private final List<Throwable> nodes = new ArrayList<>();

    private FuzzedThrowables(FuzzedDataProvider data) {
        this.data = data;
    }

    /** Draws a throwable, and all it refers to. */
    static Throwable draw(FuzzedDataProvider data) {
        return new FuzzedThrowables(data).graph();
    }

    private Throwable graph() {
        int count = data.consumeInt(1, MAX_NODES);
        for (int i = 0; i < count; i++) {
            nodes.add(node());
        }
        for (Throwable node : nodes) {
            connect(node);
        }
        return nodes.get(nodes.size() - 1);
    }

    private Throwable node() {
        String text = FuzzedText.draw(data);
        Throwable cause = data.consumeBoolean() ? picked() : null;
        return switch (data.consumeInt(0, 20)) {
            case 0 -> new IllegalStateException(text, cause);
            case 1 -> new Exception(text);
            case 2 -> new LinkageError(text);
            case 3 -> new StackOverflowError(text);
            case 4 -> new AssertionError(text, cause);
            case 5 -> new InternalError(text, cause);
            case 6 -> new SQLException(text, text, cause);
            case 7 -> new TransformerException(text, cause);
            case 8 -> new XMLStreamException(text, cause);
            case 9 -> new MissingResourceException(text, text, text);
            case 10 -> new InvocationTargetException(cause, text);
            case 11 -> new ExceptionInInitializerError(cause);
            case 12 -> new URISyntaxException(text, text, data.consumeInt(-1, 9));
            case 13 -> new DateTimeParseException(text, text, data.consumeInt());
            case 14 -> new PatternSyntaxException(text, text, data.consumeInt(-1, text.length()));
            case 15 -> new InvalidClassException(text, text);
            case 16 -> new InterruptedException(text);
            case 17 -> oddlyNamed(text);
            case 18 -> chain(cause);
            case 19 -> new ScriptedError(script());
            default -> new Scripted(script());
        };
    }

    private @Nullable Throwable picked() {
        return nodes.isEmpty() ? null : nodes.get(data.consumeInt(0, nodes.size() - 1));
    }

    /** Draws a long chain, one of whose ends may be any throwable. */
    private Throwable chain(@Nullable Throwable end) {
        Throwable chain = new IllegalStateException("end", end);
        int length = data.consumeInt(0, MAX_CHAIN);
        for (int i = 0; i < length; i++) {
            chain = new IllegalStateException("link", chain);
        }
        return chain;
    }

    /** Adds what a throwable can only be given later: causes that make a cycle, suppressed ones, and a trace. */
    private void connect(Throwable node) {
        try {
            if (data.consumeBoolean()) {
                node.initCause(picked());
            }
            int suppressed = data.consumeBoolean() ? data.consumeInt(0, 100) : 0;
            for (int i = 0; i < suppressed; i++) {
                node.addSuppressed(picked());
            }
            if (data.consumeBoolean()) {
                node.setStackTrace(trace());
            }
        } catch (Throwable refused) {
            // It has a cause, or would be its own. What it says of that may throw anything.
        }
    }

    /** Draws a trace with anything in it but null, which {@code setStackTrace} refuses. */
    private StackTraceElement[] trace() {
        List<StackTraceElement> trace = new ArrayList<>();
        int parts = data.consumeInt(0, 4);
        for (int i = 0; i < parts; i++) {
            List<StackTraceElement> round = new ArrayList<>();
            int length = data.consumeInt(1, 4);
            for (int j = 0; j < length; j++) {
                round.add(element());
            }
            int rounds = data.consumeBoolean() ? data.consumeInt(1, 300) : 1;
            for (int j = 0; j < rounds; j++) {
                trace.addAll(round);
            }
        }
        if (data.consumeBoolean()) {
            trace.addAll(List.of(new Throwable().getStackTrace()));
        }
        return trace.toArray(StackTraceElement[]::new);
    }

    private StackTraceElement element() {
        String[] known = {"com.acme.Udp", "java.lang.Thread", "dev.safe.Boundary", "com.acme.Udp$$SpringCGLIB$$0"};
        String type = data.consumeBoolean() ? data.pickValue(known) : FuzzedText.draw(data);
        String method = data.consumeBoolean() ? "lambda$poll$1" : FuzzedText.draw(data);
        String file = data.consumeBoolean() ? null : FuzzedText.draw(data);
        if (data.consumeBoolean()) {
            return new StackTraceElement(type, method, file, data.consumeInt(-2, 9));
        }
        return new StackTraceElement(
                FuzzedText.draw(data), FuzzedText.draw(data), null, type, method, file, data.consumeInt());
    }

    /** Defines a class under a name that the JVM allows and Java does not. */
    private Throwable oddlyNamed(String text) {
        String name = "com/acme/" + text.replaceAll("[.;\\[/]", "_");
        if (name.length() > 4_000 || name.endsWith("/")) {
            return new IllegalStateException(text);
        }
        ClassWriter writer = new ClassWriter(0);
        writer.visit(
                Opcodes.V17, Opcodes.ACC_PUBLIC | Opcodes.ACC_SUPER, name, null, "java/lang/RuntimeException", null);
        MethodVisitor code = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        code.visitCode();
        code.visitVarInsn(Opcodes.ALOAD, 0);
        code.visitMethodInsn(Opcodes.INVOKESPECIAL, "java/lang/RuntimeException", "<init>", "()V", false);
        code.visitInsn(Opcodes.RETURN);
        code.visitMaxs(1, 1);
        code.visitEnd();
        writer.visitEnd();
        try {
            Class<?> type = new OneClass().define(writer.toByteArray());
            return (Throwable) MethodHandles.publicLookup()
                    .findConstructor(type, MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable impossible) {
            throw new LinkageError(name, impossible);
        }
    }

    private static final class OneClass extends ClassLoader {

        OneClass() {
            super(FuzzedThrowables.class.getClassLoader());
        }

        Class<?> define(byte[] bytes) {
            return defineClass(null, bytes, 0, bytes.length);
        }
    }

    private Script script() {
        return new Script(answers(false), answers(true), answers(true), traces(), data.consumeBoolean());
    }

    /** Draws what one method answers, one reading after the other. */
    private List<Answer> answers(boolean readsThrowable) {
        List<Answer> answers = new ArrayList<>();
        int count = data.consumeInt(1, 3);
        for (int i = 0; i < count; i++) {
            String text = FuzzedText.draw(data);
            int node = data.consumeInt(0, MAX_NODES - 1);
            answers.add(
                    switch (data.consumeInt(0, 5)) {
                        case 0 -> () -> null;
                        case 1 ->
                            () -> {
                                throw sneaky(nodes.get(node % nodes.size()));
                            };
                        case 2 ->
                            () -> {
                                throw new StackOverflowError();
                            };
                        case 3 -> () -> readsThrowable ? new Scripted(script(text)) : text.concat(text);
                        default -> () -> readsThrowable ? nodes.get(node % nodes.size()) : text;
                    });
        }
        return answers;
    }

    private List<Answer> traces() {
        List<Answer> answers = new ArrayList<>();
        int count = data.consumeInt(1, 2);
        for (int i = 0; i < count; i++) {
            StackTraceElement[] trace = trace();
            if (trace.length > 0 && data.consumeBoolean()) {
                trace[data.consumeInt(0, trace.length - 1)] = null;
            }
            answers.add(
                    switch (data.consumeInt(0, 3)) {
                        case 0 -> () -> null;
                        case 1 ->
                            () -> {
                                throw new IllegalStateException();
                            };
                        default -> () -> trace;
                    });
        }
        return answers;
    }

    /** Returns a script for one more throwable of an endless chain. */
    private static Script script(String text) {
        return new Script(
                List.of(() -> text),
                List.of(() -> new Scripted(script(text))),
                List.of(() -> text),
                List.of(() -> new StackTraceElement[0]),
                true);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Answers a reading, or throws. */
    private interface Answer {
        @Nullable Object give();
    }

    /** Holds what a throwable answers, and counts how often it is asked. */
    static final class Script {

        private final List<Answer> messages;
        private final List<Answer> causes;
        private final List<Answer> texts;
        private final List<Answer> traces;
        private final boolean prints;
        int messagesRead;
        int causesRead;
        int tracesRead;
        private int textsRead;

        Script(List<Answer> messages, List<Answer> causes, List<Answer> texts, List<Answer> traces, boolean prints) {
            this.messages = messages;
            this.causes = causes;
            this.texts = texts;
            this.traces = traces;
            this.prints = prints;
        }

        private static @Nullable Object next(List<Answer> answers, int reading) {
            return answers.get(reading % answers.size()).give();
        }

        @Nullable String message() {
            return (String) next(messages, messagesRead++);
        }

        @Nullable Throwable cause() {
            return (Throwable) next(causes, causesRead++);
        }

        @Nullable String text() {
            return String.valueOf(next(texts, textsRead++));
        }

        @Nullable StackTraceElement[] trace() {
            return (StackTraceElement[]) next(traces, tracesRead++);
        }

        void print(Appendable out) {
            if (!prints) {
                throw new IllegalStateException();
            }
            try {
                out.append("forged\n\u001B[31m");
            } catch (java.io.IOException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    /** Follows a script. */
    interface Following {
        Script script();
    }

    private static final class Scripted extends RuntimeException implements Following {

        private static final long serialVersionUID = 1L;

        private final transient Script script;

        Scripted(Script script) {
            this.script = script;
        }

        @Override
        public Script script() {
            return script;
        }

        @Override
        public String getMessage() {
            return script.message();
        }

        @Override
        public Throwable getCause() {
            return script.cause();
        }

        @Override
        public String toString() {
            return script.text();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            return script.trace();
        }

        @Override
        public void printStackTrace(PrintWriter out) {
            script.print(out);
        }

        @Override
        public void printStackTrace(PrintStream out) {
            script.print(out);
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException();
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException();
        }
    }

    private static final class ScriptedError extends LinkageError implements Following {

        private static final long serialVersionUID = 1L;

        private final transient Script script;

        ScriptedError(Script script) {
            this.script = script;
        }

        @Override
        public Script script() {
            return script;
        }

        @Override
        public String getLocalizedMessage() {
            return script.message();
        }

        @Override
        public Throwable getCause() {
            return script.cause();
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            return script.trace();
        }
    }
}
