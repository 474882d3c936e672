package dev.safe.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Predicate;

/** Defines some classes of the tests itself, even if its parent knows them. */
public final class IsolatingLoader extends ClassLoader {

    /** Precedes the names of classes of a package that is not the tests' own. */
    public static final String FOREIGN = "dev.safe.internal.hostfunction.foreign.";

    private final Predicate<String> own;

    /** Returns a loader that finds Safe. */
    public static IsolatingLoader belowSafe() {
        return new IsolatingLoader(IsolatingLoader.class.getClassLoader(), name -> name.startsWith(FOREIGN));
    }

    /** Returns a loader that does not find Safe. */
    public static IsolatingLoader besideSafe() {
        return new IsolatingLoader(ClassLoader.getPlatformClassLoader(), name -> name.startsWith(FOREIGN));
    }

    public IsolatingLoader(ClassLoader parent, Predicate<String> own) {
        super("isolating", parent);
        this.own = own;
    }

    /**
     * Defines a class once more, in a loader of its own, which also defines all that is nested in the same outermost
     * class.
     */
    public static Class<?> anew(Class<?> type) throws ClassNotFoundException {
        int nested = type.getName().indexOf('$');
        String outermost = nested < 0 ? type.getName() : type.getName().substring(0, nested);
        return new IsolatingLoader(
                        type.getClassLoader(), name -> name.equals(outermost) || name.startsWith(outermost + "$"))
                .loadClass(type.getName());
    }

    public Class<?> load(String simpleName) throws ClassNotFoundException {
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
