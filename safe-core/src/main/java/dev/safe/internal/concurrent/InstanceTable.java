package dev.safe.internal.concurrent;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers a value for each instance, by identity, for as long as the instance lives. Thread-safe. A look-up takes no
 * lock and allocates nothing. An instance's value is made at most once, without delaying look-ups of other instances.
 *
 * @param <V> the type of the values; a value must not refer to its instance
 */
public final class InstanceTable<V> {

    private static final int INITIAL_CAPACITY = 16;

    private static final class Node<V> extends WeakReference<Object> {

        final int hash;
        volatile @Nullable V value;
        volatile @Nullable Node<V> next;

        Node(Object instance, int hash, ReferenceQueue<Object> collected) {
            super(instance, collected);
            this.hash = hash;
        }
    }

    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private volatile AtomicReferenceArray<@Nullable Node<V>> buckets = new AtomicReferenceArray<>(INITIAL_CAPACITY);
    private int size;

    /** Creates an empty table. */
    public InstanceTable() {}

    /**
     * Returns the value of an instance.
     *
     * @param instance the instance
     * @return its value, or null if it has none
     */
    public @Nullable V get(Object instance) {
        Node<V> node = find(instance);
        if (node == null) {
            node = findLocked(instance);
        }
        return node == null ? null : node.value;
    }

    /** Looks again under the lock, for what a look-up misses while the table grows. */
    private synchronized @Nullable Node<V> findLocked(Object instance) {
        return find(instance);
    }

    /**
     * Returns whether the current thread is making the value of an instance.
     *
     * @param instance the instance
     * @return whether {@link #computeIfAbsent} would call itself for the same instance
     */
    public boolean isBeingMade(Object instance) {
        Node<V> found = find(instance);
        Node<V> node = found == null ? findLocked(instance) : found;
        return node != null && node.value == null && Thread.holdsLock(node);
    }

    /**
     * Returns the value of an instance, and makes it if there is none. If {@code make} throws, there is still none. If
     * {@code make} calls this method for the same instance, the inner value stays.
     *
     * @param instance the instance
     * @param make makes its value, under a lock for that instance alone
     * @return its value
     */
    public V computeIfAbsent(Object instance, Function<Object, V> make) {
        Node<V> found = find(instance);
        Node<V> node = found == null ? insert(instance) : found;
        V value = node.value;
        if (value != null) {
            return value;
        }
        synchronized (node) {
            value = node.value;
            if (value == null) {
                V made = make.apply(instance);
                value = node.value; // Not null if make has called this method for the same instance.
                if (value == null) {
                    value = made;
                    node.value = value;
                }
            }
            return value;
        }
    }

    /**
     * Removes the instances that have certain values.
     *
     * @param removed returns whether to remove a value; must not use this table
     */
    public void removeValues(Predicate<V> removed) {
        synchronized (this) {
            for (int i = 0; i < buckets.length(); i++) {
                for (Node<V> node = buckets.get(i); node != null; node = node.next) {
                    V value = node.value;
                    if (value != null && removed.test(value)) {
                        unlink(node);
                    }
                }
            }
        }
    }

    private @Nullable Node<V> find(Object instance) {
        int hash = hash(instance);
        AtomicReferenceArray<@Nullable Node<V>> current = buckets;
        Node<V> node = current.get(hash & (current.length() - 1));
        while (node != null && !(node.hash == hash && node.refersTo(instance))) {
            node = node.next;
        }
        return node;
    }

    private synchronized Node<V> insert(Object instance) {
        removeCollected();
        Node<V> present = find(instance);
        if (present != null) {
            return present;
        }
        if (size >= buckets.length()) {
            grow();
        }
        Node<V> node = new Node<>(instance, hash(instance), collected);
        link(buckets, node);
        size++;
        return node;
    }

    private static <V> void link(AtomicReferenceArray<@Nullable Node<V>> buckets, Node<V> node) {
        int bucket = node.hash & (buckets.length() - 1);
        node.next = buckets.get(bucket);
        buckets.set(bucket, node);
    }

    /**
     * Doubles the table. Readers of the old buckets may miss a node while it moves, and then look again under the lock.
     */
    private void grow() {
        AtomicReferenceArray<@Nullable Node<V>> old = buckets;
        AtomicReferenceArray<@Nullable Node<V>> larger = new AtomicReferenceArray<>(old.length() * 2);
        for (int i = 0; i < old.length(); i++) {
            Node<V> node = old.get(i);
            while (node != null) {
                Node<V> next = node.next;
                link(larger, node);
                node = next;
            }
        }
        buckets = larger;
    }

    @SuppressWarnings("unchecked") // only nodes are registered with the queue
    private void removeCollected() {
        for (Object node = collected.poll(); node != null; node = collected.poll()) {
            unlink((Node<V>) node);
        }
    }

    private void unlink(Node<V> gone) {
        int bucket = gone.hash & (buckets.length() - 1);
        Node<V> previous = null;
        for (Node<V> node = buckets.get(bucket); node != null; node = node.next) {
            if (node == gone) {
                if (previous == null) {
                    buckets.set(bucket, node.next);
                } else {
                    previous.next = node.next;
                }
                size--;
                return;
            }
            previous = node;
        }
    }

    private static int hash(Object instance) {
        int hash = System.identityHashCode(instance);
        return hash ^ (hash >>> 16);
    }
}
