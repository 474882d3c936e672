package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Guards handles of one type by a method of a class that is spun for the type. Such a method can end a call even where
 * no stack frame is left.
 */
final class SpunHandleFactory implements HandleFactory {

    private static final Lookup OURS = MethodHandles.lookup();
    private static final MethodType CONSTRUCTOR = HandleGuardClass.CONSTRUCTOR.changeReturnType(Object.class);

    /**
     * Caches for good: our own class loader finds the classes that these types name, so they live as long as Safe
     * anyway.
     */
    private static final ConcurrentMap<MethodType, SpunHandleFactory> SPUN = new ConcurrentHashMap<>();

    private final MethodType type;
    private final MethodHandle constructor;
    private final MethodHandle method;

    private SpunHandleFactory(MethodType type, MethodHandle constructor, MethodHandle method) {
        this.type = type;
        this.constructor = constructor;
        this.method = method;
    }

    /**
     * Returns the factory for a type. If the type names a class that our package cannot access, the factory uses
     * {@code Object} for every reference. Returns null where no class can be spun at all.
     */
    static @Nullable SpunHandleFactory of(MethodType type) {
        SpunHandleFactory exact = ofExactly(type);
        return exact != null ? exact : ofExactly(type.erase());
    }

    private static @Nullable SpunHandleFactory ofExactly(MethodType type) {
        SpunHandleFactory known = SPUN.get(type);
        if (known != null) {
            return known;
        }
        try {
            SpunHandleFactory spun = spin(type);
            SPUN.put(type, spun);
            return spun;
        } catch (ReflectiveOperationException | LinkageError unsuited) {
            return null;
        }
    }

    private static SpunHandleFactory spin(MethodType type) throws ReflectiveOperationException {
        requireAccess(type.returnType());
        for (Class<?> parameter : type.parameterArray()) {
            requireAccess(parameter);
        }
        String name = HandleFactory.class.getName() + SpunClassWriter.SUFFIX;
        Lookup spun = OURS.defineHiddenClass(HandleGuardClass.spin(name, type), true);
        Class<?> self = spun.lookupClass();
        return new SpunHandleFactory(
                type,
                spun.findConstructor(self, HandleGuardClass.CONSTRUCTOR).asType(CONSTRUCTOR),
                spun.findVirtual(self, HandleGuardClass.METHOD, type));
    }

    private static void requireAccess(Class<?> type) throws ReflectiveOperationException {
        if (!type.isPrimitive()) {
            ClassLocation.requireSight(OURS.lookupClass().getClassLoader(), type);
            OURS.accessClass(type);
        }
    }

    @Override
    public MethodHandle guard(CallBoundary boundary, String function, MethodHandle body, Fallback fallback) {
        Object guard = newGuard(boundary, function, body.asType(type), fallback);
        return method.bindTo(guard).asType(body.type());
    }

    private Object newGuard(CallBoundary boundary, String function, MethodHandle body, Fallback fallback) {
        try {
            return (Object) constructor.invokeExact(boundary, function, body, (Function<?, ?>) fallback);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
