package dev.safe.internal.hostfunction;

import static java.lang.invoke.MethodHandles.catchException;
import static java.lang.invoke.MethodHandles.dropArguments;
import static java.lang.invoke.MethodHandles.foldArguments;
import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The protocol with the boundary, as a method handle. Around it all is one more catch, which asks nobody anything: whatever
 * goes wrong in the boundary itself, nothing escapes.
 */
final class HandleWrapper {

    private static final MethodHandle ENTER;
    private static final MethodHandle EXIT;
    private static final MethodHandle CONTAINED;
    private static final MethodHandle IS_REJECTED;
    private static final MethodHandle FRESH;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ENTER = lookup.findVirtual(CallBoundary.class, "enter", methodType(Object.class));
            EXIT = lookup.findVirtual(CallBoundary.class, "exit", methodType(void.class, Object.class));
            CONTAINED = lookup.findStatic(
                    HandleWrapper.class,
                    "contained",
                    methodType(void.class, CallBoundary.class, String.class, Throwable.class, Object.class));
            IS_REJECTED = lookup.findStatic(HandleWrapper.class, "isRejected", methodType(boolean.class, Object.class));
            FRESH = lookup.findStatic(CallBoundary.class, "fresh", methodType(Object.class, Object.class));
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private HandleWrapper() {}

    static MethodHandle wrap(CallBoundary boundary, String function, MethodHandle body, @Nullable Object sentinel) {
        Objects.requireNonNull(body, "'body' must not be null");
        MethodHandle fixed = body.asFixedArity();
        try {
            MethodHandle wrapped = compose(boundary, function, fixed, fallback(fixed.type(), sentinel));
            return body.isVarargsCollector() ? wrapped.asVarargsCollector(lastParameter(body.type())) : wrapped;
        } catch (IllegalArgumentException tooMany) {
            throw new IllegalArgumentException(
                    "'body' must have few enough parameters to add two to them, got " + body.type(), tooMany);
        }
    }

    private static MethodHandle compose(
            CallBoundary boundary, String function, MethodHandle body, MethodHandle fallback) {
        MethodHandle call = callThenExit(body, EXIT.bindTo(boundary));
        MethodHandle note = MethodHandles.insertArguments(CONTAINED, 0, boundary, function);
        MethodHandle handler = foldArguments(dropArguments(fallback, 0, Throwable.class, Object.class), note);
        MethodHandle admitted = catchException(call, Throwable.class, handler);
        MethodHandle rejected = dropArguments(fallback, 0, Object.class);
        MethodHandle decided = MethodHandles.guardWithTest(IS_REJECTED, rejected, admitted);
        MethodHandle whole = foldArguments(decided, ENTER.bindTo(boundary));
        return catchException(whole, Throwable.class, dropArguments(fallback, 0, Throwable.class));
    }

    /** {@code (admission, arguments) -> { result = body(arguments); exit(admission); return result; }}. */
    private static MethodHandle callThenExit(MethodHandle body, MethodHandle exit) {
        Class<?> returned = body.type().returnType();
        MethodHandle call = dropArguments(body, 0, Object.class);
        if (returned == void.class) {
            return foldArguments(dropArguments(exit, 1, body.type().parameterList()), call);
        }
        MethodHandle result = dropArguments(MethodHandles.identity(returned), 1, Object.class);
        MethodHandle exitThenResult = foldArguments(result, 1, exit);
        return foldArguments(dropArguments(exitThenResult, 2, body.type().parameterList()), call);
    }

    /** {@code (arguments) -> fallback}. */
    private static MethodHandle fallback(MethodType type, @Nullable Object sentinel) {
        Class<?> returned = type.returnType();
        MethodHandle value;
        if (sentinel == null) {
            value = MethodHandles.zero(returned);
        } else if (sentinel.getClass().isArray()) {
            value = MethodHandles.insertArguments(FRESH, 0, sentinel).asType(methodType(returned));
        } else {
            value = MethodHandles.constant(returned, sentinel);
        }
        return dropArguments(value, 0, type.parameterList());
    }

    private static Class<?> lastParameter(MethodType type) {
        return type.parameterType(type.parameterCount() - 1);
    }

    @SuppressWarnings("unused") // called by its handle
    private static boolean isRejected(@Nullable Object admission) {
        return admission == CallBoundary.REJECTED;
    }

    @SuppressWarnings("unused") // called by its handle
    private static void contained(
            CallBoundary boundary, String function, Throwable thrown, @Nullable Object admission) {
        boundary.contained(admission, function, thrown);
    }
}
