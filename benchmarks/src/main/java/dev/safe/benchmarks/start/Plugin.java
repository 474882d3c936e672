package dev.safe.benchmarks.start;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import org.jspecify.annotations.Nullable;

/** An extension that has nothing to tell. Loaded only where the starter is. */
public class Plugin implements ExtensionCapability {

    private final String name;

    public Plugin(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public @Nullable StepEvent poll() {
        return null;
    }
}
