package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Wraps in instances of one class that is spun for the interface. A call through one is as fast as a hand-written
 * try/catch.
 */
final class SpunWrapperFactory implements WrapperFactory {

    private static final MethodType CONSTRUCTOR = MethodType.methodType(
            Object.class, CallBoundary.class, String.class, Object.class, Function.class, boolean[].class);

    private final HostInterface type;
    private final MethodHandle constructor;

    private SpunWrapperFactory(HostInterface type, MethodHandle constructor) {
        this.type = type;
        this.constructor = constructor;
    }

    /**
     * Returns whether classes can be defined at run time, which they cannot in a native image, nor while one is built.
     */
    static boolean canSpin() {
        return System.getProperty("org.graalvm.nativeimage.imagecode") == null;
    }

    /** Spins the class at the best possible location, or returns null if there is none. */
    static @Nullable SpunWrapperFactory of(HostInterface type) {
        for (ClassLocation location : ClassLocation.values()) {
            SpunWrapperFactory spun = at(location, type);
            if (spun != null) {
                return spun;
            }
        }
        return null;
    }

    /** Spins the class at one location, or returns null if that is not possible. */
    static @Nullable SpunWrapperFactory at(ClassLocation location, HostInterface type) {
        try {
            Lookup spun = location.define(type);
            MethodType parameters = WrapperClass.constructorOf(type);
            MethodHandle constructor = spun.findConstructor(spun.lookupClass(), parameters);
            return new SpunWrapperFactory(type, constructor.asType(CONSTRUCTOR));
        } catch (ReflectiveOperationException | LinkageError unsuited) {
            return null;
        } catch (IndexOutOfBoundsException | IllegalArgumentException tooLarge) {
            return null; // The class, one of its methods, or one of its names does not fit in a class file.
        }
    }

    @Override
    public HostInterface type() {
        return type;
    }

    @Override
    public Object wrap(CallBoundary boundary, String function, Object target, Fallback fallback) {
        try {
            return (Object) constructor.invokeExact(
                    boundary, function, target, (Function<?, ?>) fallback, type.overriddenBy(target));
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
