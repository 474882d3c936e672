package dev.safe.internal.hostfunction;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import org.jspecify.annotations.Nullable;

/** Where a wrapper's class can be defined so that it reaches both its interface and {@link CallBoundary}; best first. */
enum ClassLocation {

    /** In the interface's package: the only place for one that is package-private. */
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

        /** In another module, which each class loader's unnamed one is, a class cannot be hidden. */
        private Class<?> defineForGood(Lookup beside, String name, byte[] wrapper) throws ReflectiveOperationException {
            try {
                return beside.ensureInitialized(beside.defineClass(wrapper));
            } catch (LinkageError thereAlready) {
                return beside.ensureInitialized(beside.findClass(name));
            }
        }
    },

    /** In our own package: for interfaces of the JDK and of class loaders above ours. */
    BESIDE_US {
        @Override
        Lookup define(HostInterface type) throws ReflectiveOperationException {
            requireSight(OURS.lookupClass().getClassLoader(), type.type());
            requireAccess(OURS, type);
            return OURS.defineHiddenClass(WrapperClass.spin(nameIn(OURS.lookupClass(), type), type), true);
        }
    },

    /** In a class loader of its own that sees both: for interfaces of class loaders that know nothing of ours. */
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
     * @return with access to its constructor
     * @throws ReflectiveOperationException if this is no place for it
     * @throws LinkageError if this is no place for it
     */
    abstract Lookup define(HostInterface type) throws ReflectiveOperationException;

    private static String nameIn(Class<?> neighbour, HostInterface type) {
        String name = type.type().getName();
        return neighbour.getPackageName() + "." + name.substring(name.lastIndexOf('.') + 1) + SpunClassWriter.SUFFIX;
    }

    /** Checks that a class loader finds the very class by its name. */
    static void requireSight(@Nullable ClassLoader loader, Class<?> type) throws ClassNotFoundException {
        if (Class.forName(type.getName(), false, loader) != type) {
            throw new ClassNotFoundException(type.getName());
        }
    }

    /** A wrapper names the interface, the boundary and, to cast its fallback, what methods return. */
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
