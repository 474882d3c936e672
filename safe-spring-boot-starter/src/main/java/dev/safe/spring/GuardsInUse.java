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
 * The application contexts that are up, each with the guard it uses: for calls that come from woven code and bring no guard
 * along, and for contexts that share one. Thread-safe.
 *
 * <p>A woven call is that of the guard that knows the extension; that is, of the context whose bean it is. An extension that
 * none knows, since it is not a bean, is from then on that of the context that came up last. Where no context is up, a guard
 * with the built-in policies contains and logs. Of a context that is closed nothing is kept.
 */
final class GuardsInUse {

    /** Made only when there is need of it. */
    private static final class Fallback {
        static final ExtensionGuard GUARD = ExtensionGuard.ofDefaults();
    }

    /** A context, by what registers its beans, and a guard that it uses. */
    private record Use(ExtensionGuard guard, ExtensionRegistrar context) {}

    /** Held by whoever changes what contexts share, or decides by it. */
    static final Object LOCK = new Object();

    /** The oldest first. */
    private static volatile List<Use> uses = List.of();

    /** Each guard once, the newest first: all that a woven call reads. */
    private static volatile ExtensionGuard[] newestFirst = {};

    private GuardsInUse() {}

    static void add(ExtensionGuard guard, ExtensionRegistrar context) {
        synchronized (LOCK) {
            List<Use> more = new ArrayList<>(uses);
            more.add(new Use(guard, context));
            replace(more);
        }
    }

    /** A guard that several contexts share is open until the last of them is closed. */
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

    /** The contexts that use a guard, the oldest first. */
    static List<ExtensionRegistrar> contextsOf(ExtensionGuard guard) {
        return uses.stream().filter(use -> use.guard == guard).map(Use::context).toList();
    }

    /** Whether an extension is a bean of some context that uses the guard. */
    static boolean isRegistered(ExtensionGuard guard, String extension) {
        return contextsOf(guard).stream().anyMatch(context -> context.hasRegistered(extension));
    }

    /** Whether some context that uses the guard has attached the listener to it. */
    static boolean isAttached(ExtensionGuard guard, GuardListener listener) {
        return contextsOf(guard).stream().anyMatch(context -> context.hasAttached(listener));
    }

    /**
     * Whether it falls to a context to publish what happens to an extension: to the one whose bean it is. Where several are,
     * or none is, it falls to the one that came up first. Each event is published once, and Spring hands it on to ancestors.
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
