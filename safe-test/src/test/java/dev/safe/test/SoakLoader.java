package dev.safe.test;

import java.io.IOException;
import java.io.InputStream;

/** Defines the plugin of the soak anew, and no other class. */
final class SoakLoader extends ClassLoader {

    private static final String PLUGIN = SoakPlugin.class.getName();

    SoakLoader() {
        super(SoakPlugin.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.equals(PLUGIN)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define() : known;
        }
    }

    private Class<?> define() throws ClassNotFoundException {
        try (InputStream in = SoakPlugin.class.getResourceAsStream("SoakPlugin.class")) {
            byte[] code = in.readAllBytes();
            return defineClass(PLUGIN, code, 0, code.length);
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(PLUGIN, unreadable);
        }
    }
}
