package dev.safe;

import dev.safe.internal.concurrent.InstanceTable;
import dev.safe.internal.render.SafeText;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a guard, by name and by instance. Thread-safe. Foreign code does not run under a lock of this
 * class, except an instance's {@code name()}, which runs under a lock for that instance alone.
 *
 * <p>There is one {@link Extension} for each name, for as long as anything refers to it. Removal empties it and does
 * not replace it. A call that still arrives, through a decorator for example, lists it again as new.
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
    void apply(Policies next) {
        synchronized (this) {
            policies = next;
            listed.values().forEach(extension -> extension.apply(next));
        }
        listed.values().forEach(Extension::announceHolds);
    }

    // By instance.

    /** Returns the boundary that a call of an instance goes across. */
    Boundary boundary(ExtensionCapability instance, Phase phase) {
        Identity known = instances.get(instance);
        return (known != null ? known : identify(instance)).boundary(phase);
    }

    Identity identify(ExtensionCapability instance) {
        return identify(instance, ExtensionName.ofUnnamed(instance.getClass()));
    }

    @Nullable Identity known(ExtensionCapability instance) {
        return instances.get(instance);
    }

    /**
     * Returns the identity of an instance. Asks it for its name only once.
     *
     * @param fallbackName the name to use if its {@code name} throws, or is not valid
     * @throws IllegalStateException if the instance's own {@code name} calls this
     */
    Identity identify(ExtensionCapability instance, String fallbackName) {
        DryRun.await();
        requireNotBeingAsked(instance);
        Throwable[] failure = {null};
        Identity identity = instances.computeIfAbsent(instance, key -> identity(instance, fallbackName, failure));
        if (identity instanceof Extension extension) {
            announce(extension);
        }
        Throwable thrown = failure[0];
        if (thrown != null) {
            Extension fallback = named(fallbackName);
            announce(fallback);
            fallback.setupFailed(instance);
            fallback.boundary(Phase.SETUP).recovered(null, thrown);
            if (Classifier.isFatal(thrown)) {
                throw (VirtualMachineError) thrown;
            }
        }
        return identity;
    }

    private Identity identity(ExtensionCapability instance, String fallbackName, @Nullable Throwable[] failure) {
        String name = null;
        Throwable thrown = null;
        try {
            name = instance.name();
        } catch (Throwable caught) {
            thrown = caught;
        }
        // The instance may be known meanwhile, as a scoped proxy is once its target is.
        Identity alias = instances.get(instance);
        if (alias != null) {
            return alias;
        }
        if (thrown != null) {
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

    /** Throws if the instance is being asked for its name already: asking again would never end. */
    private void requireNotBeingAsked(ExtensionCapability instance) {
        if (instances.isBeingMade(instance)) {
            throw new IllegalStateException("name() of %s called the guard with its own instance, which has no name yet"
                    .formatted(SafeText.of(instance.getClass().getName())));
        }
    }

    /** Makes a decorator known under the identity of what it decorates. */
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
        DryRun.await();
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
            announce(extension);
        }
    }

    private Extension listNow(Extension extension) {
        removed.remove(extension.name());
        extension.apply(policies);
        listed.put(extension.name(), extension);
        extension.announcements().changed();
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
        Extension extension;
        synchronized (this) {
            extension = known(name);
            listed.remove(name);
            instances.removeValues(identity -> identity == extension);
            removed.values().removeIf(reference -> reference.refersTo(null));
            removed.put(name, new WeakReference<>(extension));
            extension.reset();
            extension.announcements().changed();
        }
        announce(extension);
    }

    /**
     * Notifies listeners that an extension was listed or removed, if they were not notified yet. Not to be called under
     * a lock.
     */
    void announce(Extension extension) {
        extension.announcements().announce(isListed -> {
            if (isListed) {
                listeners.report(
                        "onRegistered", extension.name(), listener -> listener.onRegistered(extension.snapshot()));
                extension.announceHolds();
            } else {
                listeners.report("onRemoved", extension.name(), listener -> listener.onRemoved(extension.name()));
            }
        });
    }
}
