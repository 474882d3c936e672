package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import java.util.ArrayList;
import java.util.List;

/**
 * The guards of the application contexts that are up, for calls that come from woven code and bring none along. Thread-safe.
 *
 * <p>A call is that of the guard that knows the extension; that is, of the context whose bean it is. An extension that none
 * knows, since it is no bean, is from then on that of the context that came up last. Where no context is up, a guard with the
 * built-in policies contains and logs. Of a context that is closed nothing is kept.
 */
final class OpenGuards {

    /** Made only when there is need of it. */
    private static final class Fallback {
        static final ExtensionGuard GUARD = ExtensionGuard.ofDefaults();
    }

    /** The newest first. */
    private static volatile ExtensionGuard[] open = {};

    private OpenGuards() {}

    static synchronized void open(ExtensionGuard guard) {
        List<ExtensionGuard> more = new ArrayList<>(List.of(open));
        more.add(0, guard);
        open = more.toArray(new ExtensionGuard[0]);
    }

    /** A guard that several contexts share is open until the last of them is closed. */
    static synchronized void close(ExtensionGuard guard) {
        List<ExtensionGuard> left = new ArrayList<>(List.of(open));
        left.remove(guard);
        open = left.toArray(new ExtensionGuard[0]);
    }

    static ExtensionGuard guardOf(ExtensionCapability extension) {
        ExtensionGuard[] current = open;
        return current.length == 1 ? current[0] : guardOf(extension, current);
    }

    private static ExtensionGuard guardOf(ExtensionCapability extension, ExtensionGuard[] candidates) {
        for (ExtensionGuard guard : candidates) {
            if (guard.knows(extension)) {
                return guard;
            }
        }
        return candidates.length == 0 ? Fallback.GUARD : candidates[0];
    }
}
