package dev.safe.spring;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.GuardListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Holds the application contexts that are up, each with the guard it uses. Woven calls find their guard here, and
 * contexts find those that share their guard. Thread-safe.
 *
 * <p>A woven call goes to the guard that knows the extension, which is the guard of the context whose bean it is. An
 * extension that is not a bean is known to no guard at first. It goes to the context that came up last, and stays
 * there. If no context is up, a guard with the built-in policies contains and logs. Nothing is kept of a context that
 * has closed.
 */
final class GuardsInUse {

    /** Defers making the guard until a call needs it. */
    private static final class Fallback {
        static final ExtensionGuard GUARD = ExtensionGuard.ofDefaults();
    }

    /** Pairs a guard with the registrar of a context that uses it. */
    private record Use(ExtensionGuard guard, ExtensionRegistrar context) {}

    /** Guards every change to what contexts share, and every decision based on it. */
    static final Object LOCK = new Object();

    /** Ordered from the oldest to the newest. */
    private static volatile List<Use> uses = List.of();

    /** Each guard once, the newest first. A woven call reads nothing else. */
    private static volatile ExtensionGuard[] newestFirst = {};

    private GuardsInUse() {}

    static void add(ExtensionGuard guard, ExtensionRegistrar context) {
        synchronized (LOCK) {
            List<Use> more = new ArrayList<>(uses);
            more.add(new Use(guard, context));
            replace(more);
        }
    }

    /** Removes a context. A guard that several contexts share stays in use until the last of them closes. */
    static void remove(ExtensionRegistrar context) {
        synchronized (LOCK) {
            replace(uses.stream().filter(use -> use.context != context).toList());
        }
    }

    private static void replace(List<Use> next) {
        uses = List.copyOf(next);
        Set<ExtensionGuard> guards = new LinkedHashSet<>();
        for (int i = next.size() - 1; i >= 0; i--) {
            guards.add(next.get(i).guard());
        }
        newestFirst = guards.toArray(new ExtensionGuard[0]);
    }

    /** Returns the contexts that use a guard, the oldest first. */
    static List<ExtensionRegistrar> contextsOf(ExtensionGuard guard) {
        return uses.stream().filter(use -> use.guard == guard).map(Use::context).toList();
    }

    /** Returns whether an extension is a bean of some context that uses the guard. */
    static boolean isRegistered(ExtensionGuard guard, String extension) {
        return contextsOf(guard).stream().anyMatch(context -> context.hasRegistered(extension));
    }

    /** Returns whether some context that uses the guard has attached the listener to it. */
    static boolean isAttached(ExtensionGuard guard, GuardListener listener) {
        return contextsOf(guard).stream().anyMatch(context -> context.hasAttached(listener));
    }

    /**
     * Returns whether a context publishes what happens to an extension. The context whose bean it is does. If it is a
     * bean of several or of none, the one that came up first does. So each event is published once, and Spring passes
     * it on to ancestors.
     */
    static boolean isPublisher(ExtensionGuard guard, String extension, ExtensionRegistrar context) {
        List<ExtensionRegistrar> contexts = contextsOf(guard);
        Predicate<ExtensionRegistrar> isOwner = candidate -> candidate.hasRegistered(extension);
        return contexts.stream()
                .filter(isOwner)
                .findFirst()
                .or(() -> contexts.stream().findFirst())
                .filter(first -> first == context)
                .isPresent();
    }

    static ExtensionGuard guardOf(ExtensionCapability extension) {
        ExtensionGuard[] current = newestFirst;
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
