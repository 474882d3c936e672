package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * How one interface is wrapped: by a class that is spun for it once, or by a {@link java.lang.reflect.Proxy} where none can
 * be. Hangs off the interface, so that it is collected with the interface's class loader. Immutable.
 */
abstract sealed class WrapperClass permits WrapperClass.Spun, WrapperClass.Proxied {

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private static final ClassValue<WrapperClass> CLASSES = new ClassValue<>() {
        @Override
        protected WrapperClass computeValue(Class<?> type) {
            MethodHandle constructor = isNativeImage() ? null : spin(shapeOf(type));
            return constructor == null ? new Proxied(shapeOf(type)) : new Spun(shapeOf(type), constructor);
        }
    };

    final Shape shape;

    private WrapperClass(Shape shape) {
        this.shape = shape;
    }

    static Shape shapeOf(Class<?> type) {
        return SHAPES.get(type);
    }

    static WrapperClass of(Class<?> type) {
        return CLASSES.get(type);
    }

    /** A new wrapper. */
    abstract Object wrap(CallBoundary boundary, String function, Object target, @Nullable Object sentinel);

    static final class Spun extends WrapperClass {

        private final MethodHandle constructor;

        Spun(Shape shape, MethodHandle constructor) {
            super(shape);
            this.constructor = constructor;
        }

        @Override
        Object wrap(CallBoundary boundary, String function, Object target, @Nullable Object sentinel) {
            try {
                return (Object) constructor.invokeExact(boundary, function, target, sentinel, shape.overridden(target));
            } catch (Throwable impossible) {
                throw new IllegalStateException("could not wrap " + shape.type().getName(), impossible);
            }
        }
    }

    static final class Proxied extends WrapperClass {

        Proxied(Shape shape) {
            super(shape);
        }

        @Override
        Object wrap(CallBoundary boundary, String function, Object target, @Nullable Object sentinel) {
            return ProxyHandler.wrap(shape, boundary, function, target, sentinel);
        }
    }

    private static boolean isNativeImage() {
        return System.getProperty("org.graalvm.nativeimage.imagecode") != null;
    }

    /** Spins the class where it can see both the interface and our own types. Returns null if there is no such place. */
    private static @Nullable MethodHandle spin(Shape shape) {
        Class<?> type = shape.type();
        try {
            Lookup lookup = MethodHandles.lookup();
            if (sees(type.getClassLoader(), CallBoundary.class)) {
                return hidden(MethodHandles.privateLookupIn(type, lookup), shape);
            }
            if (!Modifier.isPublic(type.getModifiers())) {
                return null;
            }
            return sees(WrapperClass.class.getClassLoader(), type)
                    ? hidden(lookup, shape)
                    : constructor(lookup, new BridgingLoader(type.getClassLoader()).define(shape));
        } catch (IllegalAccessException | LinkageError | RuntimeException impossible) {
            return null; // A closed module, for example. The proxy is slower, and does the same.
        }
    }

    private static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
        try {
            return Class.forName(type.getName(), false, loader) == type;
        } catch (ClassNotFoundException | LinkageError unseen) {
            return false;
        }
    }

    private static MethodHandle hidden(Lookup lookup, Shape shape) throws IllegalAccessException {
        String name = lookup.lookupClass().getPackageName();
        byte[] code = ClassSpinner.spin(shape, (name.isEmpty() ? "" : name + ".") + "GuardedHostFunction");
        Lookup hidden = lookup.defineHiddenClass(code, true);
        return constructor(hidden, hidden.lookupClass());
    }

    private static MethodHandle constructor(Lookup lookup, Class<?> spun) throws IllegalAccessException {
        try {
            MethodType parameters = MethodType.methodType(
                    void.class, CallBoundary.class, String.class, Object.class, Object.class, long.class);
            MethodHandle constructor = lookup.findConstructor(spun, parameters);
            return constructor.asType(constructor.type().changeReturnType(Object.class));
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Sees the interface through its own loader, and of Safe's types just the one that spun code names. */
    private static final class BridgingLoader extends ClassLoader {

        BridgingLoader(@Nullable ClassLoader parent) {
            super(parent);
        }

        Class<?> define(Shape shape) {
            String name = "dev.safe.spun.GuardedHostFunction";
            byte[] code = ClassSpinner.spin(shape, name);
            return defineClass(name, code, 0, code.length);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            return name.equals(CallBoundary.class.getName()) ? CallBoundary.class : super.loadClass(name, resolve);
        }
    }
}
