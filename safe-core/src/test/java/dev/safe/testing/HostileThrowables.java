package dev.safe.testing;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/**
 * Throwables that must not be printed as they are, each with a name, for parameterised tests. New ones at each call, but
 * for those that consist of thousands. All are panics: they are unchecked, and none is fatal.
 */
public final class HostileThrowables {

    private HostileThrowables() {}

    /** What takes long to make and is never changed. All throwables that need it share it. */
    private static final class Large {

        static final StackTraceElement[] TRACE = new StackTraceElement[10_000_000];
        static final String MESSAGE = "x".repeat(10_000_000);
        static final Exception CHAIN = chain(10_000);
        static final Exception SUPPRESSING = suppressing(10_000);
        static final Exception TREE = tree(10);

        static {
            Arrays.fill(TRACE, new StackTraceElement("com.acme.Udp", "poll", "Udp.java", 42));
        }

        private Large() {}
    }

    /** Returns all of them. */
    public static Stream<Named<Throwable>> all() {
        return Stream.of(thatThrowWhenAsked(), thatAnswerNonsense(), withControlCharacters(), thatAreEndless())
                .flatMap(throwables -> throwables);
    }

    /** Returns throwables in which each method that a log framework calls fails in each way. */
    public static Stream<Named<Throwable>> thatThrowWhenAsked() {
        return methods().entrySet().stream().flatMap(method -> failures().entrySet().stream()
                .map(failure -> Named.of(
                        method.getKey() + " throws " + failure.getKey(),
                        method.getValue().apply(new HostileThrowable("boom"), failure.getValue()))));
    }

    private static Map<String, BiFunction<HostileThrowable, Supplier<? extends Throwable>, HostileThrowable>>
            methods() {
        Map<String, BiFunction<HostileThrowable, Supplier<? extends Throwable>, HostileThrowable>> methods =
                new LinkedHashMap<>();
        methods.put("getMessage", (hostile, failure) -> hostile.message(() -> fail(failure)));
        methods.put("getLocalizedMessage", (hostile, failure) -> hostile.localizedMessage(() -> fail(failure)));
        methods.put("toString", (hostile, failure) -> hostile.text(() -> fail(failure)));
        methods.put("getCause", (hostile, failure) -> hostile.cause(() -> fail(failure)));
        methods.put("getStackTrace", (hostile, failure) -> hostile.trace(() -> fail(failure)));
        return methods;
    }

    private static Map<String, Supplier<? extends Throwable>> failures() {
        Map<String, Supplier<? extends Throwable>> failures = new LinkedHashMap<>();
        failures.put("an exception", () -> new IllegalStateException("hostile"));
        failures.put("a checked exception", () -> new Exception("hostile"));
        failures.put("an error", () -> new AssertionError("hostile"));
        failures.put("an OutOfMemoryError", () -> new OutOfMemoryError("hostile"));
        failures.put("a StackOverflowError", HostileThrowables::overflow);
        failures.put("something as hostile", () -> new HostileThrowable("hostile")
                .message(() -> fail(HostileThrowables::overflow)));
        return failures;
    }

    /** Returns throwables whose methods return nonsense. */
    public static Stream<Named<Throwable>> thatAnswerNonsense() {
        return Stream.of(
                named("toString is null", new HostileThrowable("boom").text(() -> null)),
                named("no trace", new HostileThrowable("boom").trace(() -> null)),
                named("null in the trace", new HostileThrowable("boom").trace(() -> new StackTraceElement[3])),
                named("a trace of ten million frames", new HostileThrowable("boom").trace(() -> Large.TRACE)),
                named("a message of ten million characters", new HostileThrowable(Large.MESSAGE)),
                named(
                        "all null and unhashable",
                        new HostileThrowable("boom")
                                .message(() -> null)
                                .localizedMessage(() -> null)
                                .text(() -> null)
                                .cause(() -> null)
                                .trace(() -> null)
                                .unhashable()));
    }

    /**
     * Returns throwables with text that forges a line of the log or controls a terminal, in each place where text can
     * be.
     */
    public static Stream<Named<Throwable>> withControlCharacters() {
        String forged = "boom\r\n2026-01-01 INFO all is well\u001B[2J\u0085\u2028\u2029\u202E\uFEFF\t\u0000\uD800";
        Throwable withSuppressed = new IllegalStateException("boom");
        withSuppressed.addSuppressed(new IllegalStateException(forged));
        return Stream.of(
                named("control characters in the message", new IllegalStateException(forged)),
                named(
                        "control characters in the localized message",
                        new HostileThrowable("boom").localizedMessage(() -> forged)),
                named("control characters in toString", new HostileThrowable("boom").text(() -> forged)),
                named(
                        "control characters in a cause",
                        new IllegalStateException("boom", new IllegalStateException(forged))),
                named("control characters in a suppressed one", withSuppressed),
                named("control characters in a class name", traced(new StackTraceElement(forged, "m", "F.java", 1))),
                named("control characters in a method name", traced(new StackTraceElement("C", forged, "F.java", 1))),
                named("control characters in a file name", traced(new StackTraceElement("C", "m", forged, 1))),
                named(
                        "control characters in a class loader's name",
                        traced(new StackTraceElement(forged, "m", "1", "C", "m", "F.java", 1))));
    }

    /** Returns throwables that trap a careless walk through causes and suppressed throwables. */
    public static Stream<Named<Throwable>> thatAreEndless() {
        HostileThrowable ownCause = new HostileThrowable("boom");
        ownCause.cause(() -> ownCause);
        Exception first = new IllegalStateException("boom");
        first.initCause(new IllegalStateException("bang", first));
        Exception suppressing = new IllegalStateException("boom");
        Exception suppressed = new IllegalStateException("bang");
        suppressing.addSuppressed(suppressed);
        suppressed.addSuppressed(suppressing);
        return Stream.of(
                named("its own cause", ownCause),
                named("the cause of its cause", first),
                named("suppressed by what it suppresses", suppressing),
                named("a new cause each time", endless()),
                named("a chain of 10,000 causes", Large.CHAIN),
                named("10,000 suppressed ones", Large.SUPPRESSING),
                named("a tree of suppressed ones", Large.TREE));
    }

    private static HostileThrowable endless() {
        return new HostileThrowable("boom").cause(HostileThrowables::endless);
    }

    /** Returns an exception with a number of causes. */
    public static Exception chain(int causes) {
        Exception chain = new IllegalStateException("boom " + causes);
        for (int i = causes - 1; i >= 0; i--) {
            chain = new IllegalStateException("boom " + i, chain);
        }
        return chain;
    }

    /** Returns an exception with a number of suppressed exceptions. */
    public static Exception suppressing(int count) {
        Exception boom = new IllegalStateException("boom");
        for (int i = 0; i < count; i++) {
            boom.addSuppressed(new IllegalStateException("suppressed " + i));
        }
        return boom;
    }

    private static Exception tree(int depth) {
        Exception node = new IllegalStateException("boom " + depth);
        if (depth > 0) {
            node.addSuppressed(tree(depth - 1));
            node.addSuppressed(tree(depth - 1));
        }
        return node;
    }

    /** Returns an exception with this trace. */
    public static Exception traced(StackTraceElement... trace) {
        Exception boom = new IllegalStateException("boom");
        boom.setStackTrace(trace);
        return boom;
    }

    private static Named<Throwable> named(String name, Throwable throwable) {
        return Named.of(name, throwable);
    }

    private static <R> R fail(Supplier<? extends Throwable> failure) {
        return HostileThrowables.<R, RuntimeException>sneakyThrow(failure.get());
    }

    /** Throws anything, declared or not. */
    @SuppressWarnings("unchecked")
    public static <R, X extends Throwable> R sneakyThrow(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /** Runs out of stack for real: the error comes from the end of the recursion. */
    @SuppressWarnings("InfiniteRecursion")
    public static Throwable overflow() {
        return overflow().getCause();
    }
}
