package dev.safe.test;

import dev.safe.ExtensionCapability;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.CodeSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Defines the classes of an extension and of its test again, as a host that loads plugins does. */
final class IsolatingLoader extends URLClassLoader {

    private static final String NOT_CHECKED =
            "Not checked, since the test cannot be made in a class loader of its own: ";

    /** Where Safe's own classes come from. */
    private final List<String> shared;

    private IsolatingLoader(URL[] own, List<String> shared, ClassLoader parent) {
        super(own, parent);
        this.shared = shared;
    }

    /** Creates a loader for classes that come from the same places as the test and the extension. */
    static IsolatingLoader of(ExtensionContract contract, ExtensionCapability extension) {
        URL[] own = Stream.of(source(contract.getClass()), source(extension.getClass()))
                .filter(Objects::nonNull)
                .toArray(URL[]::new);
        List<String> shared = Stream.of(source(ExtensionCapability.class), source(ExtensionContract.class))
                .filter(Objects::nonNull)
                .map(URL::toString)
                .toList();
        ClassLoader parent = contract.getClass().getClassLoader();
        return new IsolatingLoader(own, shared, parent == null ? ClassLoader.getSystemClassLoader() : parent);
    }

    private static @Nullable URL source(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? null : source.getLocation();
    }

    /** Instantiates the test class in this loader. Skips the check if that is not possible. */
    ExtensionContract isolated(Class<? extends ExtensionContract> test) {
        if (test.isHidden() || test.isAnonymousClass() || isInner(test)) {
            return Assumptions.abort(NOT_CHECKED + "make it a top-level or static class");
        }
        try {
            Class<?> isolated = loadClass(test.getName());
            if (isolated.getClassLoader() != this) {
                return Assumptions.abort(NOT_CHECKED + "its class is not found at the place it comes from");
            }
            Constructor<?> constructor = isolated.getDeclaredConstructor();
            constructor.setAccessible(true);
            return (ExtensionContract) constructor.newInstance();
        } catch (ReflectiveOperationException | LinkageError | RuntimeException failed) {
            return Assumptions.abort(NOT_CHECKED + failed);
        }
    }

    private static boolean isInner(Class<?> type) {
        return type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known == null && isOwn(name)) {
                known = findClass(name);
            }
            return known == null ? super.loadClass(name, resolve) : known;
        }
    }

    /**
     * Returns whether this loader defines a class: one from its places, unless it belongs to Safe, which host and
     * plugin share.
     */
    private boolean isOwn(String name) {
        URL resource = findResource(name.replace('.', '/') + ".class");
        if (resource == null) {
            return false;
        }
        String place = resource.toString();
        return shared.stream().noneMatch(place::contains);
    }
}
