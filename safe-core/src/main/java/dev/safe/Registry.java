package dev.safe;

import dev.safe.internal.concurrent.InstanceTable;
import dev.safe.internal.render.SafeText;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a guard, by name and by instance. Thread-safe. Foreign code does not run under a lock of this class, except
 * an instance's {@code name()}, under a lock of its own.
 *
 * <p>There is one {@link Extension} of a name for as long as anything holds it: an extension that is removed is emptied, not
 * replaced. A call that still arrives, through a decorator for example, lists it again as new.
 */
final class Registry {

    private final Map<String, Extension> listed = new ConcurrentHashMap<>();
    private final InstanceTable<Identity> instances = new InstanceTable<>();
    private final InstanceTable<Boolean> aliases = new InstanceTable<>();
    private final Listeners listeners;
    private final BoundaryServices services;

    /** Extensions that are not listed any more and may still be called. Guarded by this. */
    private final Map<String, WeakReference<Extension>> removed = new HashMap<>();

    private volatile Policies policies;

    /** Notifications that are due, in order. The first thread to come sends them for all. */
    private final Queue<Runnable> announcements = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean announcing = new AtomicBoolean();

    Registry(Policies policies, Listeners listeners, BoundaryServices services) {
        this.policies = policies;
        this.listeners = listeners;
        this.services = services;
    }

    BoundaryServices services() {
        return services;
    }

    PhasePolicy policy(String extension, Phase phase) {
        return policies.policy(extension, phase);
    }

    /** Puts policies in force. The last caller wins, for all boundaries. */
    synchronized void apply(Policies next) {
        policies = next;
        listed.values().forEach(extension -> extension.apply(next));
    }

    // By instance.

    /** Returns the boundary that a call of an instance goes across. */
    Boundary boundary(ExtensionCapability instance, Phase phase) {
        Identity known = instances.get(instance);
        return (known != null ? known : identify(instance)).boundary(phase);
    }

    Identity identify(ExtensionCapability instance) {
        return identify(instance, nameOf(instance.getClass()));
    }

    @Nullable Identity known(ExtensionCapability instance) {
        return instances.get(instance);
    }

    /**
     * Asks an instance for its name, once.
     *
     * @param fallbackName what it is called if its {@code name} throws, or is not valid
     */
    Identity identify(ExtensionCapability instance, String fallbackName) {
        Throwable[] failure = {null};
        Identity identity = instances.computeIfAbsent(instance, key -> identity(instance, fallbackName, failure));
        announce();
        Throwable thrown = failure[0];
        if (thrown != null) {
            Extension fallback = named(fallbackName);
            announce();
            fallback.setupFailed(instance);
            fallback.boundary(Phase.SETUP).recovered(null, thrown);
            if (Classifier.isFatal(thrown)) {
                throw (VirtualMachineError) thrown;
            }
        }
        return identity;
    }

    private Identity identity(ExtensionCapability instance, String fallbackName, @Nullable Throwable[] failure) {
        String name;
        try {
            name = instance.name();
        } catch (Throwable thrown) {
            failure[0] = thrown;
            return named(fallbackName);
        }
        try {
            return named(name);
        } catch (IllegalArgumentException invalid) {
            failure[0] = invalid;
            return new Identity.Invalid(Objects.requireNonNull(invalid.getMessage()));
        }
    }

    /** Returns a valid name for a class: an anonymous or hidden one may have characters that are not. */
    private static String nameOf(Class<?> type) {
        String simple = type.getName().substring(type.getName().lastIndexOf('.') + 1);
        String safe = "unnamed." + simple.replaceAll("[^A-Za-z0-9._-]", "-");
        return safe.substring(0, Math.min(64, safe.length()));
    }

    /** Makes a decorator known, which is not an instance of its own. */
    void alias(ExtensionCapability decorator, Identity of) {
        instances.computeIfAbsent(decorator, key -> of);
        if (!(decorator instanceof GuardedExtension)) {
            aliases.computeIfAbsent(decorator, key -> true);
        }
    }

    boolean isAlias(ExtensionCapability instance) {
        return instance instanceof GuardedExtension || aliases.get(instance) != null;
    }

    // By name.

    /**
     * Returns the extension of a name, a new one if there is none.
     *
     * @throws IllegalArgumentException if the name is not valid
     */
    Extension named(@Nullable String name) {
        Extension known = name == null ? null : listed.get(name);
        if (known != null) {
            return known;
        }
        String valid = ExtensionName.checked(name);
        synchronized (this) {
            WeakReference<Extension> reference = removed.get(valid);
            Extension extension = reference == null ? null : reference.get();
            Extension present = listed.get(valid);
            return present != null
                    ? present
                    : listNow(extension != null ? extension : new Extension(valid, this, services));
        }
    }

    /** Lists an extension that was removed, or does nothing. */
    void list(Extension extension) {
        if (listed.get(extension.name()) != extension) {
            synchronized (this) {
                if (listed.get(extension.name()) != extension) {
                    listNow(extension);
                }
            }
            announce();
        }
    }

    private Extension listNow(Extension extension) {
        removed.remove(extension.name());
        extension.apply(policies);
        listed.put(extension.name(), extension);
        announcements.add(() -> listeners.report(listener -> listener.onRegistered(extension.snapshot())));
        return extension;
    }

    /** Returns a listed extension, or null. */
    @Nullable Extension get(String name) {
        return listed.get(name);
    }

    Collection<Extension> all() {
        return listed.values();
    }

    /** @throws NoSuchElementException if no extension of that name is listed */
    Extension known(String name) {
        Extension known = listed.get(name);
        if (known == null) {
            throw new NoSuchElementException("no extension named \"%s\", there is %s"
                    .formatted(SafeText.of(name), new TreeSet<>(listed.keySet())));
        }
        return known;
    }

    void remove(String name) {
        synchronized (this) {
            Extension extension = known(name);
            listed.remove(name);
            instances.removeValues(identity -> identity == extension);
            removed.values().removeIf(reference -> reference.refersTo(null));
            removed.put(name, new WeakReference<>(extension));
            extension.reset();
            announcements.add(() -> listeners.report(listener -> listener.onRemoved(name)));
        }
        announce();
    }

    /** Notifies listeners of what was listed and removed, outside of all locks and in that order. */
    void announce() {
        while (!announcements.isEmpty() && announcing.compareAndSet(false, true)) {
            try {
                for (Runnable next = announcements.poll(); next != null; next = announcements.poll()) {
                    next.run();
                }
            } finally {
                announcing.set(false);
            }
        }
    }
}
