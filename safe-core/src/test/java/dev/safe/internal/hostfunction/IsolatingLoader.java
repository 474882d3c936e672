package dev.safe.internal.hostfunction;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Predicate;

/** Defines some classes of the tests itself, even if its parent knows them. */
final class IsolatingLoader extends ClassLoader {

    static final String FOREIGN = "dev.safe.internal.hostfunction.foreign.";

    private final Predicate<String> own;

    /** Returns a loader that finds Safe. */
    static IsolatingLoader belowSafe() {
        return new IsolatingLoader(IsolatingLoader.class.getClassLoader(), name -> name.startsWith(FOREIGN));
    }

    /** Returns a loader that does not find Safe. */
    static IsolatingLoader besideSafe() {
        return new IsolatingLoader(ClassLoader.getPlatformClassLoader(), name -> name.startsWith(FOREIGN));
    }

    IsolatingLoader(ClassLoader parent, Predicate<String> own) {
        super("isolating", parent);
        this.own = own;
    }

    Class<?> load(String simpleName) throws ClassNotFoundException {
        return loadClass(FOREIGN + simpleName);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            return own.test(name) ? findClass(name) : super.loadClass(name, resolve);
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String resource = name.replace('.', '/') + ".class";
        try (InputStream in = IsolatingLoader.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
