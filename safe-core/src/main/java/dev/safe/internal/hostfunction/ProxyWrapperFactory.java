package dev.safe.internal.hostfunction;

import dev.safe.internal.hostfunction.HostInterface.HostMethod;
import dev.safe.internal.watch.WatchedCall;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Wraps in proxies, where no class can be spun. */
final class ProxyWrapperFactory implements WrapperFactory {

    private static final Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodType WRAPPER_AND_ARGUMENTS =
            MethodType.methodType(Object.class, Object.class, Object[].class);

    private final HostInterface type;
    private final Map<Method, HostMethod> methods = new HashMap<>();
    private final Map<Method, MethodHandle> inheritedMethods = new HashMap<>();

    ProxyWrapperFactory(HostInterface type) {
        this.type = type;
        for (Method method : type.type().getMethods()) {
            HostMethod found = type.method(method);
            if (found != null) {
                requireReach(found);
                methods.put(method, found);
                if (!found.isAbstract()) {
                    inherit(method);
                }
            }
        }
        rehearse();
    }

    /** Makes a first proxy, since the JVM may refuse its class, for example if it has too many methods. */
    private void rehearse() {
        try {
            newProxy((proxy, method, arguments) -> null);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | LinkageError refused) {
            throw new IllegalArgumentException(
                    "'type' must be an interface that a class can implement, got %s: %s"
                            .formatted(type.type().getName(), refused),
                    refused);
        }
    }

    private Object newProxy(InvocationHandler handler) {
        return Proxy.newProxyInstance(type.type().getClassLoader(), new Class<?>[] {type.type()}, handler);
    }

    /**
     * Prepares to run a default method on a wrapper. {@code InvocationHandler.invokeDefault} serves only interfaces
     * that are not open to us, such as the JDK's. On JDK 17 that method keeps an interface's class loader alive for
     * good, and refuses interfaces that are not public.
     */
    private void inherit(Method method) {
        Class<?> declaring = method.getDeclaringClass();
        try {
            MethodHandle inherited = MethodHandles.privateLookupIn(declaring, LOOKUP)
                    .unreflectSpecial(method, declaring)
                    .asFixedArity()
                    .asSpreader(1, Object[].class, method.getParameterCount());
            inheritedMethods.put(method, inherited.asType(WRAPPER_AND_ARGUMENTS));
        } catch (IllegalAccessException notOpen) {
            // Left to invokeDefault.
        }
    }

    /** Refuses methods that a proxy cannot reach, since each call would throw an IllegalAccessError. */
    private void requireReach(HostMethod method) {
        if (!method.method().trySetAccessible()) {
            throw new IllegalArgumentException("'type' must be exported or open to Safe, got %s in %s"
                    .formatted(type.type().getName(), type.type().getModule()));
        }
        if (!canBeNamedByProxies(method.returnType())) {
            String exception = SpunWrapperFactory.canSpin()
                    ? "unless its class loader finds Safe and its package is open to Safe"
                    : "since no class can be defined in a native image";
            throw new IllegalArgumentException("'type' must return public types only, %s, got %s, which returns %s"
                    .formatted(
                            exception,
                            type.type().getName(),
                            method.returnType().getTypeName()));
        }
    }

    /**
     * Returns whether a proxy can name a return type, to which it casts what it returns. A proxy's class is in a
     * package of its own, or in that of an interface that is not public.
     */
    private boolean canBeNamedByProxies(Class<?> result) {
        Class<?> named = result;
        while (named.isArray()) {
            named = named.getComponentType();
        }
        boolean neighbours = named.getClassLoader() == type.type().getClassLoader()
                && named.getPackageName().equals(type.type().getPackageName());
        return isPublic(named) || (neighbours && !isPublic(type.type()));
    }

    /** Returns whether a class is public to the JVM, which knows no protected classes. */
    private static boolean isPublic(Class<?> type) {
        return (type.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
    }

    @Override
    public HostInterface type() {
        return type;
    }

    @Override
    public Object wrap(CallBoundary boundary, String function, Object target, Fallback fallback) {
        return newProxy(new Guard(boundary, function, target, fallback, type.overriddenBy(target)));
    }

    private final class Guard implements InvocationHandler {

        private final CallBoundary boundary;
        private final String function;
        private final Object target;
        private final Fallback fallback;
        private final boolean[] overridden;

        Guard(CallBoundary boundary, String function, Object target, Fallback fallback, boolean[] overridden) {
            this.boundary = boundary;
            this.function = function;
            this.target = target;
            this.fallback = fallback;
            this.overridden = overridden;
        }

        @Override
        public @Nullable Object invoke(Object wrapper, Method called, Object @Nullable [] arguments) throws Throwable {
            HostMethod method = methods.get(called);
            return method == null
                    ? callOfObject(wrapper, called, arguments)
                    : guarded(wrapper, called, method, arguments);
        }

        private @Nullable Object guarded(
                Object wrapper, Method called, HostMethod method, Object @Nullable [] arguments) throws Throwable {
            int seen = boundary.gate;
            WatchedCall watched = (seen & CallBoundary.OBSERVED) == 0 ? null : boundary.enter();
            if (watched == CallBoundary.REJECTED) {
                return fallback.apply(method.returnType());
            }
            Object stored = fallback.stored(method.returnType());
            Throwable panic = null;
            try {
                Object result = call(wrapper, called, method, arguments);
                if (watched != null) {
                    boundary.exit(watched);
                }
                return result;
            } catch (Throwable thrown) {
                panic = thrown;
                try {
                    panic = unwrapped(thrown);
                    boundary.failed(seen, watched, function, panic);
                    return fallback.apply(method.returnType());
                } catch (StackOverflowError | OutOfMemoryError ours) {
                    if (ours == panic) {
                        throw ours;
                    }
                }
            }
            // What follows does not depend on any call succeeding, since there may be no frame left for one.
            Thread caller = null;
            if (panic instanceof InterruptedException
                    && (watched == null || (watched.word & WatchedCall.STATE_MASK) != WatchedCall.INTERRUPTED)) {
                try {
                    caller = Thread.currentThread();
                } catch (Throwable none) {
                    // The interrupt is lost.
                }
            }
            synchronized (boundary) {
                try {
                    boundary.missedPanic = panic;
                } catch (Throwable entering) { // There was no room left to enter the monitor, which is entered.
                    boundary.missedPanic = panic;
                }
                boundary.missedPanics++;
                boundary.missedInterrupt = caller != null ? caller : boundary.missedInterrupt;
                boundary.gate |= CallBoundary.OWING;
            }
            if (watched != null) {
                watched.abandoned = true;
                while ((watched.word & WatchedCall.STATE_MASK) == WatchedCall.CLAIMED) {
                    // The watchdog is about to interrupt this thread, which must not return before that.
                }
            }
            if ((seen & CallBoundary.THROWING) != 0
                    || (panic instanceof VirtualMachineError && !(panic instanceof StackOverflowError))) {
                throw panic;
            }
            return stored;
        }

        private Throwable unwrapped(Throwable thrown) {
            return thrown instanceof InvocationTargetException reflected ? reflected.getTargetException() : thrown;
        }

        /**
         * Runs a default method that the target does not override on the wrapper, so that the target does not escape.
         */
        private @Nullable Object call(Object wrapper, Method called, HostMethod method, Object @Nullable [] arguments)
                throws Throwable {
            if (method.isAbstract() || overridden[method.overridable()]) {
                return method.method().invoke(target, arguments);
            }
            MethodHandle inherited = inheritedMethods.get(called);
            return inherited != null
                    ? inherited.invokeExact(wrapper, arguments)
                    : InvocationHandler.invokeDefault(wrapper, method.method(), arguments);
        }

        private Object callOfObject(Object wrapper, Method called, Object @Nullable [] arguments) {
            return switch (called.getName()) {
                case "equals" -> arguments != null && arguments[0] == wrapper;
                case "hashCode" -> System.identityHashCode(wrapper);
                default -> boundary.describe(function, target);
            };
        }
    }
}
