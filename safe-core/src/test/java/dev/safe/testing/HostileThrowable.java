package dev.safe.testing;

import java.util.function.Supplier;

/**
 * Answers as a test says, and otherwise like any other exception. Unchecked, so that every entry point can throw it.
 */
public final class HostileThrowable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private transient Supplier<String> message = super::getMessage;
    private transient Supplier<String> localizedMessage = super::getLocalizedMessage;
    private transient Supplier<String> text = super::toString;
    private transient Supplier<Throwable> cause = super::getCause;
    private transient Supplier<StackTraceElement[]> trace = super::getStackTrace;
    private transient boolean unhashable;

    public HostileThrowable(String message) {
        super(message);
    }

    public HostileThrowable message(Supplier<String> answer) {
        message = answer;
        return this;
    }

    public HostileThrowable localizedMessage(Supplier<String> answer) {
        localizedMessage = answer;
        return this;
    }

    public HostileThrowable text(Supplier<String> answer) {
        text = answer;
        return this;
    }

    public HostileThrowable cause(Supplier<Throwable> answer) {
        cause = answer;
        return this;
    }

    public HostileThrowable trace(Supplier<StackTraceElement[]> answer) {
        trace = answer;
        return this;
    }

    public HostileThrowable unhashable() {
        unhashable = true;
        return this;
    }

    @Override
    public String getMessage() {
        return message.get();
    }

    @Override
    public String getLocalizedMessage() {
        return localizedMessage.get();
    }

    @Override
    public String toString() {
        return text.get();
    }

    @Override
    public Throwable getCause() {
        return cause.get();
    }

    @Override
    public StackTraceElement[] getStackTrace() {
        return trace.get();
    }

    @Override
    public boolean equals(Object other) {
        if (unhashable) {
            throw new IllegalStateException("equals");
        }
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        if (unhashable) {
            throw new IllegalStateException("hashCode");
        }
        return super.hashCode();
    }
}
