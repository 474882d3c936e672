package dev.safe.internal.hostfunction;

import org.jspecify.annotations.Nullable;

/** Sees what an interface's class loader sees, and {@link CallBoundary}. Defines one class and goes when that does. */
final class BridgeLoader extends ClassLoader {

    BridgeLoader(@Nullable ClassLoader parent) {
        super("safe-bridge", parent);
    }

    Class<?> define(String name, byte[] bytes) {
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return name.equals(CallBoundary.class.getName()) ? CallBoundary.class : super.loadClass(name, resolve);
    }
}
