package dev.safe.test;

import java.util.Objects;

/**
 * A way to misbehave in one call. {@link Faults} has those that Safe itself is tested with.
 *
 * <p>Thread-safe if its action is. Its name is its {@code toString}, so parameterized tests are named by it.
 *
 * @since 0.1
 */
public final class Fault {

    /**
     * Misbehaves.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Action {

        /**
         * Misbehaves in a call, on the thread of the call. If it returns, the call goes on as usual.
         *
         * @param extension the extension that is called
         * @throws Throwable anything, even if the entry point does not declare it
         */
        void strike(FaultyExtension extension) throws Throwable;
    }

    private final String name;
    private final Action action;

    private Fault(String name, Action action) {
        this.name = Objects.requireNonNull(name, "'name' must not be null");
        this.action = Objects.requireNonNull(action, "'action' must not be null");
    }

    /**
     * Creates a fault of your own.
     *
     * @param name the name in tests and messages
     * @param action misbehaves
     * @return a fault
     */
    public static Fault of(String name, Action action) {
        return new Fault(name, action);
    }

    /**
     * Returns the name in tests and messages.
     *
     * @return its name
     */
    public String name() {
        return name;
    }

    void strike(FaultyExtension extension) throws Throwable {
        action.strike(extension);
    }

    @Override
    public String toString() {
        return name;
    }
}
