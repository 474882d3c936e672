package dev.safe.internal.hostfunction;

import static java.lang.invoke.MethodHandles.catchException;
import static java.lang.invoke.MethodHandles.collectArguments;
import static java.lang.invoke.MethodHandles.dropArguments;
import static java.lang.invoke.MethodHandles.foldArguments;
import static java.lang.invoke.MethodHandles.guardWithTest;
import static java.lang.invoke.MethodHandles.identity;
import static java.lang.invoke.MethodHandles.insertArguments;
import static java.lang.invoke.MethodHandles.permuteArguments;

import dev.safe.internal.watch.WatchedCall;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Guards a method handle by combining it with others, where no class can be spun for its type. At the end of the stack
 * a panic is contained but not always counted: calling the handle that counts it takes a frame.
 */
final class CombinedHandle {

    private static final MethodHandle GATE;
    private static final MethodHandle ENTER;
    private static final MethodHandle EXIT;
    private static final MethodHandle CONTAINED;
    private static final MethodHandle MISSED;
    private static final MethodHandle IS_REJECTED;
    private static final MethodHandle APPLY;

    static {
        Lookup lookup = MethodHandles.lookup();
        try {
            GATE = lookup.findGetter(CallBoundary.class, "gate", int.class);
            ENTER = lookup.findVirtual(CallBoundary.class, "enter", MethodType.methodType(WatchedCall.class));
            EXIT = lookup.findStatic(
                    CombinedHandle.class,
                    "exit",
                    MethodType.methodType(void.class, CallBoundary.class, WatchedCall.class));
            CONTAINED = lookup.findVirtual(
                    CallBoundary.class,
                    "contained",
                    MethodType.methodType(void.class, int.class, WatchedCall.class, String.class, Throwable.class));
            MISSED = lookup.findStatic(
                    CombinedHandle.class,
                    "missed",
                    MethodType.methodType(void.class, CallBoundary.class, Throwable.class, WatchedCall.class));
            IS_REJECTED = lookup.findStatic(
                    CombinedHandle.class, "isRejected", MethodType.methodType(boolean.class, WatchedCall.class));
            APPLY = lookup.findVirtual(Fallback.class, "apply", MethodType.methodType(Object.class, Class.class));
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final CallBoundary boundary;
    private final String function;
    private final MethodHandle body;
    private final Class<?> result;
    private final MethodHandle fallback;
    private final MethodHandle constant;

    private CombinedHandle(CallBoundary boundary, String function, MethodHandle body, Fallback fallback) {
        this.boundary = boundary;
        this.function = function;
        this.body = body;
        this.result = body.type().returnType();
        this.fallback = insertArguments(APPLY, 0, fallback, result).asType(MethodType.methodType(result));
        this.constant = result == void.class
                ? MethodHandles.zero(void.class)
                : MethodHandles.constant(result, fallback.apply(result));
    }

    /** Guards a handle of any type. */
    static MethodHandle guard(CallBoundary boundary, String function, MethodHandle body, Fallback fallback) {
        return new CombinedHandle(boundary, function, body, fallback).total();
    }

    /** Builds {@code (arguments)}: {@link #admitted}. If that throws, returns a constant, which cannot throw. */
    private MethodHandle total() {
        return catchException(admitted(), Throwable.class, dropArguments(constant, 0, Throwable.class));
    }

    /**
     * Builds {@code (arguments)}: {@code seen = gate; call = enter(); return call == REJECTED ? fallback : guarded}.
     */
    private MethodHandle admitted() {
        MethodHandle guarded = guarded();
        MethodHandle rejected = dropArguments(fallback, 0, guarded.type().parameterList());
        MethodHandle entered = foldArguments(
                guardWithTest(IS_REJECTED, rejected, guarded), dropArguments(ENTER.bindTo(boundary), 0, int.class));
        return foldArguments(entered, GATE.bindTo(boundary));
    }

    /**
     * Builds {@code (call, seen, arguments)}: {@code try { return returned } catch (Throwable thrown) { return failed
     * }}.
     */
    private MethodHandle guarded() {
        return catchException(returned(), Throwable.class, failed());
    }

    /** Builds {@code (call, seen, arguments)}: {@code value = body(arguments); exit(call); return value}. */
    private MethodHandle returned() {
        MethodHandle exit = EXIT.bindTo(boundary);
        MethodHandle returned;
        if (result == void.class) {
            returned = collectArguments(exit, 1, body);
        } else {
            MethodHandle value = dropArguments(identity(result), 0, WatchedCall.class);
            returned = collectArguments(foldArguments(value, dropArguments(exit, 1, result)), 1, body);
        }
        return dropArguments(returned, 1, int.class);
    }

    /** Builds {@code (thrown, call, seen)}: {@code noted(thrown, call, seen); return fallback}. */
    private MethodHandle failed() {
        return collectArguments(fallback, 0, noted());
    }

    /** Builds {@code (thrown, call, seen)}: {@code contained(...)}, or {@code missed} if that had no room. */
    private MethodHandle noted() {
        MethodHandle contained = insertArguments(CONTAINED.bindTo(boundary), 2, function);
        MethodType swapped = MethodType.methodType(void.class, Throwable.class, WatchedCall.class, int.class);
        MethodHandle missed = dropArguments(insertArguments(MISSED, 0, boundary), 0, Throwable.class);
        return catchException(permuteArguments(contained, swapped, 2, 1, 0), Throwable.class, missed);
    }

    @SuppressWarnings("UnusedMethod") // Called by EXIT.
    private static void exit(CallBoundary boundary, @Nullable WatchedCall call) {
        if (call != null) {
            boundary.exit(call);
        }
    }

    @SuppressWarnings("UnusedMethod") // Called by MISSED.
    private static void missed(CallBoundary boundary, Throwable thrown, @Nullable WatchedCall call) {
        boolean interrupted = thrown instanceof InterruptedException
                && (call == null || (call.word & WatchedCall.STATE_MASK) != WatchedCall.INTERRUPTED);
        Thread caller = interrupted ? Thread.currentThread() : null;
        synchronized (boundary) {
            try {
                boundary.missedPanic = thrown;
            } catch (Throwable entering) { // There was no room left to enter the monitor, which is entered.
                boundary.missedPanic = thrown;
            }
            boundary.missedPanics++;
            boundary.missedInterrupt = caller != null ? caller : boundary.missedInterrupt;
            boundary.gate |= CallBoundary.OWING;
        }
        if (call != null) {
            call.abandoned = true;
            while ((call.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                // The watchdog is about to interrupt this thread, which must not return before that.
            }
        }
    }

    @SuppressWarnings("UnusedMethod") // Called by IS_REJECTED.
    private static boolean isRejected(@Nullable WatchedCall call) {
        return call == CallBoundary.REJECTED;
    }
}
