package dev.safe.faults;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts the calls of foreign code, and has one of them fail. Thread-safe. */
final class Faults {

    /** One call that fails. */
    record Fault(Place place, int call, Throwable failure) {

        @Override
        public String toString() {
            return "%s fails at %s, call %d".formatted(failure.getClass().getSimpleName(), place, call);
        }
    }

    /** What foreign code fails with: a bug, and the ends of stack and heap. */
    static final List<Supplier<Throwable>> FAILURES = List.of(
            () -> new IllegalStateException("injected"),
            () -> new StackOverflowError("injected"),
            () -> new OutOfMemoryError("injected"));

    private final Thread walker;
    private final @Nullable Fault fault;
    private final Map<Place, Integer> calls = new EnumMap<>(Place.class);
    private boolean armed;
    private boolean failed;

    /**
     * @param walker the thread whose calls count
     * @param fault which call fails; null for none
     */
    Faults(Thread walker, @Nullable Fault fault) {
        this.walker = walker;
        this.fault = fault;
    }

    /** Begins to count, or ceases to. */
    synchronized void arm(boolean wanted) {
        armed = wanted;
    }

    /** Fails if it is the turn of this call. */
    void at(Place place) {
        if (counts(place)) {
            Faults.<RuntimeException>sneakyThrow(fault.failure());
        }
    }

    private synchronized boolean counts(Place place) {
        if (!armed || Thread.currentThread() != walker) {
            return false;
        }
        int call = calls.merge(place, 1, Integer::sum);
        boolean fails = fault != null && fault.place() == place && fault.call() == call;
        failed |= fails;
        return fails;
    }

    /** Returns whether the call that was to fail was reached. */
    synchronized boolean hasFailed() {
        return failed;
    }

    /** Returns whether a call at a place has failed. */
    synchronized boolean hasFailedAt(Place place) {
        return failed && fault != null && fault.place() == place;
    }

    @Nullable Fault fault() {
        return fault;
    }

    /** Returns how often each place was called. */
    synchronized Map<Place, Integer> calls() {
        return new EnumMap<>(calls);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void sneakyThrow(Throwable failure) throws X {
        throw (X) failure;
    }
}
