package dev.safe.internal.hostfunction;

import dev.safe.internal.watch.WatchedCall;
import org.jspecify.annotations.Nullable;

/**
 * Finds what an interface's class loader finds, and also {@link CallBoundary} and {@link WatchedCall}. Defines one
 * class, and is garbage collected with it.
 */
final class BridgeLoader extends ClassLoader {

    BridgeLoader(@Nullable ClassLoader parent) {
        super("safe-bridge", parent);
    }

    Class<?> define(String name, byte[] bytes) {
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.equals(CallBoundary.class.getName())) {
            return CallBoundary.class;
        }
        return name.equals(WatchedCall.class.getName()) ? WatchedCall.class : super.loadClass(name, resolve);
    }
}
