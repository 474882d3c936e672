package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Wraps in instances of one class, spun for the interface: as fast as a try/catch written by hand. */
final class SpunWrapperFactory implements WrapperFactory {

    private static final MethodType CONSTRUCTOR = MethodType.methodType(
            Object.class, CallBoundary.class, String.class, Object.class, Function.class, boolean[].class);

    private final HostInterface type;
    private final MethodHandle constructor;

    private SpunWrapperFactory(HostInterface type, MethodHandle constructor) {
        this.type = type;
        this.constructor = constructor;
    }

    /** Whether classes can be defined here: not in a native image, nor while it is built. */
    static boolean canSpin() {
        return System.getProperty("org.graalvm.nativeimage.imagecode") == null;
    }

    /** Spins the class, or returns null where there is no place for it. */
    static @Nullable SpunWrapperFactory of(HostInterface type) {
        for (ClassLocation site : ClassLocation.values()) {
            SpunWrapperFactory spun = at(site, type);
            if (spun != null) {
                return spun;
            }
        }
        return null;
    }

    /** Spins the class at one place, or returns null if it does not suit. */
    static @Nullable SpunWrapperFactory at(ClassLocation site, HostInterface type) {
        try {
            Lookup spun = site.define(type);
            MethodType parameters = WrapperClass.constructorOf(type);
            MethodHandle constructor = spun.findConstructor(spun.lookupClass(), parameters);
            return new SpunWrapperFactory(type, constructor.asType(CONSTRUCTOR));
        } catch (ReflectiveOperationException | LinkageError unsuited) {
            return null;
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
