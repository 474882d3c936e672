package dev.safe.benchmarks.start;

import dev.safe.ExtensionCapability;
import dev.safe.StepEvent;
import org.jspecify.annotations.Nullable;

/** Contributes an extension without events. Loaded only with the starter. */
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
