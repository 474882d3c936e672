package dev.safe.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Faults that throw what cannot be printed as it is. A new throwable at each strike. */
final class HostileFaults {

    private static final int HUGE = 10_000_000;
    private static final int LONG_CHAIN = 10_000;

    /** Forges a line of the log, controls a terminal, reverses text, and is not even valid Unicode. */
    private static final String CONTROL_CHARACTERS =
            "hostile\r\n2026-01-01 INFO all is well\u001B[2J\u0085\u2028\u2029\u202E\uFEFF\t\u0000\uD800";

    private final List<Fault> all = new ArrayList<>();

    private HostileFaults() {
        addThoseThatThrowWhenAsked();
        addThoseThatAnswerNonsense();
        addThoseWithControlCharacters();
        addEndlessOnes();
    }

    static List<Fault> all() {
        return List.copyOf(new HostileFaults().all);
    }

    private void add(String name, Supplier<? extends Throwable> thrown) {
        all.add(Faults.throwing(name, thrown));
    }

    /** Adds faults in which each method that a log framework calls fails in each way. */
    private void addThoseThatThrowWhenAsked() {
        Map<String, BiFunction<HostileThrowable, Supplier<? extends Throwable>, HostileThrowable>> methods =
                new LinkedHashMap<>();
        methods.put("getMessage", (hostile, failure) -> hostile.message(() -> fail(failure)));
        methods.put("getLocalizedMessage", (hostile, failure) -> hostile.localizedMessage(() -> fail(failure)));
        methods.put("toString", (hostile, failure) -> hostile.text(() -> fail(failure)));
        methods.put("getCause", (hostile, failure) -> hostile.cause(() -> fail(failure)));
        methods.put("getStackTrace", (hostile, failure) -> hostile.trace(() -> fail(failure)));
        Map<String, Supplier<? extends Throwable>> failures = new LinkedHashMap<>();
        failures.put("an exception", () -> new IllegalStateException("hostile"));
        failures.put("a checked exception", () -> new Exception("hostile"));
        failures.put("an error", () -> new AssertionError("hostile"));
        failures.put("an OutOfMemoryError", () -> new OutOfMemoryError("hostile"));
        failures.put("a StackOverflowError", Recursion::toTheEnd);
        failures.put("something as hostile", () -> new HostileThrowable()
                .message(() -> fail(() -> new IllegalStateException("hostile"))));
        methods.forEach((method, hostile) -> failures.forEach((failure, thrown) ->
                add(method + " throws " + failure, () -> hostile.apply(new HostileThrowable(), thrown))));
    }

    private void addThoseThatAnswerNonsense() {
        add("toString is null", () -> new HostileThrowable().text(() -> null));
        add("a trace that is null", () -> new HostileThrowable().trace(() -> null));
        add("null in the trace", () -> new HostileThrowable().trace(() -> new StackTraceElement[3]));
        add("a huge trace", () -> new HostileThrowable().trace(HostileFaults::hugeTrace));
        add("a huge message", () -> new IllegalStateException("x".repeat(HUGE)));
        add("a message that changes", () -> {
            AtomicInteger readings = new AtomicInteger();
            return new HostileThrowable()
                    .message(() -> readings.getAndIncrement() == 0 ? "hostile" : CONTROL_CHARACTERS);
        });
        add("prints itself", () -> new HostileThrowable().print(CONTROL_CHARACTERS));
        add("null everywhere, and cannot be hashed", () -> new HostileThrowable()
                .message(() -> null)
                .localizedMessage(() -> null)
                .text(() -> null)
                .cause(() -> null)
                .trace(() -> null)
                .unhashable());
    }

    private static StackTraceElement[] hugeTrace() {
        StackTraceElement[] trace = new StackTraceElement[HUGE];
        Arrays.fill(trace, new StackTraceElement("com.acme.Udp", "poll", "Udp.java", 42));
        return trace;
    }

    private void addThoseWithControlCharacters() {
        add("control characters in the message", () -> new IllegalStateException(CONTROL_CHARACTERS));
        add("control characters in the localized message", () -> new HostileThrowable()
                .localizedMessage(() -> CONTROL_CHARACTERS));
        add("control characters in toString", () -> new HostileThrowable().text(() -> CONTROL_CHARACTERS));
        add(
                "control characters in a cause",
                () -> new IllegalStateException("hostile", new IllegalStateException(CONTROL_CHARACTERS)));
        add("control characters in a suppressed one", () -> {
            Exception suppressing = new IllegalStateException("hostile");
            suppressing.addSuppressed(new IllegalStateException(CONTROL_CHARACTERS));
            return suppressing;
        });
        add(
                "control characters in a frame",
                () -> traced(new StackTraceElement(CONTROL_CHARACTERS, CONTROL_CHARACTERS, CONTROL_CHARACTERS, 1)));
        add(
                "control characters in a class loader's name",
                () -> traced(new StackTraceElement(CONTROL_CHARACTERS, "m", "1", "C", "m", "F.java", 1)));
    }

    private static Exception traced(StackTraceElement... trace) {
        Exception hostile = new IllegalStateException("hostile");
        hostile.setStackTrace(trace);
        return hostile;
    }

    /** Adds throwables that trap a careless walk through causes or suppressed throwables. */
    private void addEndlessOnes() {
        add("its own cause", () -> {
            HostileThrowable own = new HostileThrowable();
            return own.cause(() -> own);
        });
        add("the cause of its cause", () -> {
            Exception first = new IllegalStateException("first");
            first.initCause(new IllegalStateException("second", first));
            return first;
        });
        add("suppressed by what it suppresses", () -> {
            Exception first = new IllegalStateException("first");
            Exception second = new IllegalStateException("second");
            first.addSuppressed(second);
            second.addSuppressed(first);
            return first;
        });
        add("a new cause each time", HostileFaults::endless);
        add("a chain of 10,000 causes", () -> {
            Exception chain = new IllegalStateException("hostile");
            for (int i = 0; i < LONG_CHAIN; i++) {
                chain = new IllegalStateException("hostile", chain);
            }
            return chain;
        });
        add("10,000 suppressed ones", () -> {
            Exception suppressing = new IllegalStateException("hostile");
            for (int i = 0; i < LONG_CHAIN; i++) {
                suppressing.addSuppressed(new IllegalStateException("hostile"));
            }
            return suppressing;
        });
        add("a tree of suppressed ones", () -> tree(10));
    }

    private static HostileThrowable endless() {
        return new HostileThrowable().cause(HostileFaults::endless);
    }

    private static Exception tree(int depth) {
        Exception node = new IllegalStateException("hostile");
        if (depth > 0) {
            node.addSuppressed(tree(depth - 1));
            node.addSuppressed(tree(depth - 1));
        }
        return node;
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <R extends @Nullable Object> R fail(Supplier<? extends Throwable> failure) {
        throw Sneaky.<RuntimeException>unchecked(failure.get());
    }
}
