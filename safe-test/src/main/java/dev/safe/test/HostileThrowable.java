package dev.safe.test;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An exception whose methods return what they are set to. Other methods behave as those of any exception. */
final class HostileThrowable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private transient Supplier<@Nullable String> message = super::getMessage;
    private transient Supplier<@Nullable String> localizedMessage = super::getLocalizedMessage;
    private transient Supplier<@Nullable String> text = super::toString;
    private transient Supplier<@Nullable Throwable> cause = super::getCause;
    private transient Supplier<StackTraceElement @Nullable []> trace = super::getStackTrace;
    private transient @Nullable String print;
    private transient boolean unhashable;

    HostileThrowable() {
        super("hostile");
    }

    HostileThrowable message(Supplier<@Nullable String> answer) {
        message = answer;
        return this;
    }

    HostileThrowable localizedMessage(Supplier<@Nullable String> answer) {
        localizedMessage = answer;
        return this;
    }

    HostileThrowable text(Supplier<@Nullable String> answer) {
        text = answer;
        return this;
    }

    HostileThrowable cause(Supplier<@Nullable Throwable> answer) {
        cause = answer;
        return this;
    }

    HostileThrowable trace(Supplier<StackTraceElement @Nullable []> answer) {
        trace = answer;
        return this;
    }

    HostileThrowable print(String printed) {
        print = printed;
        return this;
    }

    HostileThrowable unhashable() {
        unhashable = true;
        return this;
    }

    @Override
    public @Nullable String getMessage() {
        return message.get();
    }

    @Override
    public @Nullable String getLocalizedMessage() {
        return localizedMessage.get();
    }

    @Override
    @SuppressWarnings("NullAway") // null is hostile
    public String toString() {
        return text.get();
    }

    // Not synchronized, unlike in Throwable, so that an answer that loops does not block other threads.
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public @Nullable Throwable getCause() {
        return cause.get();
    }

    @Override
    @SuppressWarnings("NullAway") // null is hostile
    public StackTraceElement[] getStackTrace() {
        return trace.get();
    }

    @Override
    public void printStackTrace(PrintStream stream) {
        if (print == null) {
            super.printStackTrace(stream);
        } else {
            stream.println(print);
        }
    }

    @Override
    public void printStackTrace(PrintWriter writer) {
        if (print == null) {
            super.printStackTrace(writer);
        } else {
            writer.println(print);
        }
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(@Nullable Object other) {
        if (unhashable) {
            throw new IllegalStateException("equals");
        }
        return this == other;
    }

    @Override
    public int hashCode() {
        if (unhashable) {
            throw new IllegalStateException("hashCode");
        }
        return System.identityHashCode(this);
    }
}
