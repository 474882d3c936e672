package dev.safe.spring.testing;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import org.jspecify.annotations.Nullable;

/** An extension that panics when it is polled and torn down. It can be proxied as a class. */
public class Panicking implements ExtensionCapability {

    private final String name;
    private final String message;

    /** Creates an instance for a proxy. */
    Panicking() {
        this("none");
    }

    /** Panics with {@code boom}. */
    public Panicking(String name) {
        this(name, "boom");
    }

    /** Panics with a message. */
    public Panicking(String name, String message) {
        this.name = name;
        this.message = message;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable StepEvent poll() {
        throw new IllegalStateException(message);
    }

    @Override
    public void teardown(TeardownContext context) {
        throw new IllegalStateException(message);
    }
}
