package dev.safe.internal.hostfunction;

import dev.safe.internal.hostfunction.HostInterface.HostMethod;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Wraps in proxies: for where no class can be spun. */
final class ProxyWrappers implements Wrappers {

    private final HostInterface type;
    private final Map<Method, HostMethod> methods = new HashMap<>();

    ProxyWrappers(HostInterface type) {
        this.type = type;
        for (Method method : type.type().getMethods()) {
            HostMethod found = type.method(method);
            if (found != null) {
                found.method().trySetAccessible(); // The interface may be package-private.
                methods.put(method, found);
            }
        }
    }

    @Override
    public HostInterface type() {
        return type;
    }

    @Override
    public Object wrap(CallBoundary boundary, String function, Object target, Fallback fallback) {
        InvocationHandler handler = new Guard(boundary, function, target, fallback, type.overriddenBy(target));
        return Proxy.newProxyInstance(type.type().getClassLoader(), new Class<?>[] {type.type()}, handler);
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
            if (method == null) {
                return callOfObject(wrapper, called, arguments);
            } else if (method.isAbstract() || overridden[method.overridable()]) {
                return guarded(method, arguments);
            } else {
                return InvocationHandler.invokeDefault(wrapper, method.method(), arguments);
            }
        }

        private @Nullable Object guarded(HostMethod method, Object @Nullable [] arguments) throws Throwable {
            Object admission = boundary.enter();
            if (admission == CallBoundary.REJECTED) {
                return fallback.apply(method.returnType());
            }
            try {
                Object result = method.method().invoke(target, arguments);
                boundary.exit(admission);
                return result;
            } catch (InvocationTargetException thrown) {
                boundary.failed(admission, function, thrown.getTargetException());
            } catch (Throwable thrown) {
                boundary.failed(admission, function, thrown);
            }
            return fallback.apply(method.returnType());
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
