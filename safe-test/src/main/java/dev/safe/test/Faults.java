package dev.safe.test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Every way to misbehave that Safe itself is tested with. All are thread-safe and can strike any number of times.
 *
 * <p>{@link #panics()}, {@link #hostile()} and {@link #fatal()} are for parameterized tests: {@code
 * @MethodSource("dev.safe.test.Faults#panics")}.
 *
 * @since 0.1
 */
public final class Faults {

    private static final String MESSAGE = "faulty";
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Faults() {}

    // What is thrown.

    /**
     * Throws what a supplier makes.
     *
     * @param name the fault's name in tests and messages
     * @param thrown makes a new throwable for each strike
     * @return a fault
     */
    public static Fault throwing(String name, Supplier<? extends Throwable> thrown) {
        Objects.requireNonNull(thrown, "'thrown' must not be null");
        return Fault.of(name, extension -> {
            throw thrown.get();
        });
    }

    /**
     * Throws what a supplier makes.
     *
     * @param thrown makes a new throwable for each strike
     * @return a fault
     */
    public static Fault throwing(Supplier<? extends Throwable> thrown) {
        return throwing("throws", thrown);
    }

    /**
     * Throws an {@link IllegalStateException}.
     *
     * @return a fault
     */
    public static Fault runtimeException() {
        return throwing("a runtime exception", () -> new IllegalStateException(MESSAGE));
    }

    /**
     * Throws an {@link AssertionError}.
     *
     * @return a fault
     */
    public static Fault error() {
        return throwing("an error", () -> new AssertionError(MESSAGE));
    }

    /**
     * Throws a {@link NoClassDefFoundError}, as an extension with a missing dependency does.
     *
     * @return a fault
     */
    public static Fault linkageError() {
        return throwing("a linkage error", () -> new NoClassDefFoundError("com/acme/Gone"));
    }

    /**
     * Throws an {@link IOException}, whether the entry point declares it or not. From setup and teardown it is a returned
     * error; elsewhere a panic.
     *
     * @return a fault
     */
    public static Fault checkedException() {
        return throwing("a checked exception", () -> new IOException(MESSAGE));
    }

    /**
     * Recurses until the stack ends.
     *
     * @return a fault
     */
    public static Fault stackOverflow() {
        return Fault.of("a stack overflow", extension -> {
            throw Recursion.toTheEnd();
        });
    }

    /**
     * Throws a {@link ThreadDeath}.
     *
     * @return a fault
     */
    public static Fault threadDeath() {
        return throwing("a ThreadDeath", ThreadDeath::new);
    }

    /**
     * Throws an {@link InterruptedException}, whether the entry point declares it or not. The guard sets the flag of the
     * thread again. From setup and teardown it is a returned error; elsewhere a panic.
     *
     * @return a fault
     */
    public static Fault interruptedException() {
        return throwing("an InterruptedException", () -> new InterruptedException(MESSAGE));
    }

    /**
     * Throws an {@link OutOfMemoryError}, with memory left. It is fatal: counted, and rethrown.
     *
     * @return a fault
     */
    public static Fault outOfMemory() {
        return throwing("an OutOfMemoryError", () -> new OutOfMemoryError(MESSAGE));
    }

    /**
     * Fills the heap, and throws an {@link OutOfMemoryError}. The heap stays full until the extension's next call, or
     * until it is healed. Use it in a JVM of its own, with a small heap.
     *
     * @param atMost how many bytes it allocates at most; it throws the error at that point in any case
     * @return a fault
     * @throws IllegalArgumentException if {@code atMost} is negative
     */
    public static Fault fullHeap(long atMost) {
        if (atMost < 0) {
            throw new IllegalArgumentException("'atMost' must not be negative, got " + atMost);
        }
        return Fault.of("a full heap", extension -> FullHeap.fill(extension, atMost));
    }

    // Time.

    /**
     * Hangs until the thread is interrupted. It then returns with the flag set, and the call goes on.
     *
     * @return a fault
     */
    public static Fault hang() {
        return Fault.of("a hang", extension -> extension.hang(true));
    }

    /**
     * Hangs, and ignores interrupts. Only {@link FaultyExtension#heal()} ends it; an interrupt is restored then.
     *
     * @return a fault
     */
    public static Fault hangIgnoringInterrupts() {
        return Fault.of("a hang that ignores interrupts", extension -> extension.hang(false));
    }

    /**
     * Keeps a processor busy, and ignores interrupts. Only {@link FaultyExtension#heal()} ends it.
     *
     * @return a fault
     */
    public static Fault spin() {
        return Fault.of("a busy loop", FaultyExtension::spin);
    }

    /**
     * Takes some time, interrupted or not, and then does the work of the call. {@link FaultyExtension#heal()} ends it
     * sooner.
     *
     * @param duration how long
     * @return a fault
     * @throws IllegalArgumentException if {@code duration} is negative
     */
    public static Fault slow(Duration duration) {
        Objects.requireNonNull(duration, "'duration' must not be null");
        if (duration.isNegative()) {
            throw new IllegalArgumentException("'duration' must not be negative, got " + duration);
        }
        long nanos = duration.compareTo(LONGEST) < 0 ? duration.toNanos() : Long.MAX_VALUE;
        return Fault.of("a slow call", extension -> extension.pause(nanos));
    }

    // What is left behind.

    /**
     * Starts a thread that runs until the extension is closed, and then does the work of the call.
     *
     * @return a fault
     */
    public static Fault leakThread() {
        return Fault.of("a leaked thread", FaultyExtension::leakThread);
    }

    /**
     * Leaves the interrupt flag of the calling thread set, and then does the work of the call.
     *
     * @return a fault
     */
    public static Fault interrupt() {
        return Fault.of("an interrupt", extension -> Thread.currentThread().interrupt());
    }

    /**
     * Returns at once, without the work of the call: a poll loses its event, a finalize lets go of nothing.
     *
     * @return a fault
     */
    public static Fault skip() {
        return Fault.of("a call that does nothing", extension -> {
            throw new Skip();
        });
    }

    // All of a kind.

    /**
     * Returns faults that are a panic in every phase and not fatal, hostile throwables included. A boundary contains
     * each of them.
     *
     * @return the faults
     */
    public static List<Fault> panics() {
        List<Fault> ordinary = List.of(
                runtimeException(),
                throwing("a NullPointerException", NullPointerException::new),
                error(),
                linkageError(),
                throwing("a NoSuchMethodError", () -> new NoSuchMethodError(MESSAGE)),
                throwing("an AbstractMethodError", () -> new AbstractMethodError(MESSAGE)),
                throwing("a VerifyError", () -> new VerifyError(MESSAGE)),
                throwing("an UnsupportedClassVersionError", () -> new UnsupportedClassVersionError(MESSAGE)),
                throwing(
                        "an ExceptionInInitializerError",
                        () -> new ExceptionInInitializerError(new IllegalStateException(MESSAGE))),
                stackOverflow(),
                threadDeath());
        List<Fault> all = new ArrayList<>(ordinary);
        all.addAll(hostile());
        return List.copyOf(all);
    }

    /**
     * Returns faults that throw what cannot be printed as it is: methods that throw, loop or return null, text that
     * forges lines of a log or changes between two readings, and endless causes.
     *
     * @return the faults
     */
    public static List<Fault> hostile() {
        return HostileFaults.all();
    }

    /**
     * Returns faults that are counted, logged and rethrown: {@link VirtualMachineError}s other than
     * {@link StackOverflowError}.
     *
     * @return the faults
     */
    public static List<Fault> fatal() {
        return List.of(
                outOfMemory(),
                throwing("an InternalError", () -> new InternalError(MESSAGE)),
                throwing("an UnknownError", () -> new UnknownError(MESSAGE)));
    }
}
