package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import org.jspecify.annotations.Nullable;

/**
 * Defines a wrapper's class where it reaches both its interface and {@link CallBoundary}. The best location comes
 * first.
 */
enum ClassLocation {

    /** Defines in the interface's package, the only place for an interface that is package-private. */
    BESIDE_THE_INTERFACE {
        @Override
        Lookup define(HostInterface type) throws ReflectiveOperationException {
            requireSight(type.type().getClassLoader(), CallBoundary.class);
            Lookup beside = MethodHandles.privateLookupIn(type.type(), OURS);
            requireAccess(beside, type);
            String name = type.type().getName() + SpunClassWriter.SUFFIX;
            byte[] wrapper = WrapperClass.spin(name, type);
            return beside.hasFullPrivilegeAccess()
                    ? beside.defineHiddenClass(wrapper, true)
                    : beside.in(defineForGood(beside, name, wrapper));
        }

        /**
         * Defines a class that is not hidden, since a hidden class can only be defined in the module of its lookup.
         * Each class loader has an unnamed module of its own.
         */
        private Class<?> defineForGood(Lookup beside, String name, byte[] wrapper) throws ReflectiveOperationException {
            try {
                return beside.ensureInitialized(beside.defineClass(wrapper));
            } catch (LinkageError thereAlready) {
                return beside.ensureInitialized(beside.findClass(name));
            }
        }
    },

    /** Defines in our own package, for interfaces of the JDK and of class loaders above ours. */
    BESIDE_US {
        @Override
        Lookup define(HostInterface type) throws ReflectiveOperationException {
            requireSight(OURS.lookupClass().getClassLoader(), type.type());
            requireAccess(OURS, type);
            return OURS.defineHiddenClass(WrapperClass.spin(nameIn(OURS.lookupClass(), type), type), true);
        }
    },

    /**
     * Defines in a class loader that finds interface and boundary, for interfaces whose own class loader does not find
     * Safe.
     */
    BRIDGE {
        @Override
        Lookup define(HostInterface type) throws ReflectiveOperationException {
            Lookup everyone = MethodHandles.publicLookup();
            requireAccess(everyone, type);
            String name = nameIn(BridgeLoader.class, type);
            BridgeLoader bridge = new BridgeLoader(type.type().getClassLoader());
            return everyone.in(everyone.ensureInitialized(bridge.define(name, WrapperClass.spin(name, type))));
        }
    };

    private static final Lookup OURS = MethodHandles.lookup();

    /**
     * Defines the class.
     *
     * @return a lookup with access to the constructor
     * @throws ReflectiveOperationException if the class cannot be defined here
     * @throws LinkageError if the class cannot be defined here
     */
    abstract Lookup define(HostInterface type) throws ReflectiveOperationException;

    private static String nameIn(Class<?> neighbour, HostInterface type) {
        String name = type.type().getName();
        return neighbour.getPackageName() + "." + name.substring(name.lastIndexOf('.') + 1) + SpunClassWriter.SUFFIX;
    }

    /** Checks that a class loader finds this class by its name, and not another of the same name. */
    static void requireSight(@Nullable ClassLoader loader, Class<?> type) throws ClassNotFoundException {
        if (Class.forName(type.getName(), false, loader) != type) {
            throw new ClassNotFoundException(type.getName());
        }
    }

    /**
     * Checks access to all classes that a wrapper names: the interface, the boundary and, to cast fallbacks, the return
     * types.
     */
    private static void requireAccess(Lookup lookup, HostInterface type) throws IllegalAccessException {
        lookup.accessClass(type.type());
        lookup.accessClass(CallBoundary.class);
        for (HostInterface.HostMethod method : type.methods()) {
            if (!method.returnType().isPrimitive()) {
                lookup.accessClass(method.returnType());
            }
        }
    }
}
