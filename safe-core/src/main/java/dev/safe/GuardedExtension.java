package dev.safe;

import org.jspecify.annotations.Nullable;

/** The decorator that {@link ExtensionGuard#guarded} returns: each entry point goes across its boundary. Thread-safe. */
final class GuardedExtension implements ExtensionCapability {

    private final ExtensionGuard guard;
    private final ExtensionCapability target;
    private final String name;
    private final Boundary setup;
    private final Boundary poll;
    private final Boundary finalizeStep;
    private final Boundary teardown;

    GuardedExtension(ExtensionGuard guard, ExtensionCapability target, Identity extension) {
        this.guard = guard;
        this.target = target;
        this.name = extension.name();
        this.setup = extension.boundary(Phase.SETUP);
        this.poll = extension.boundary(Phase.POLL);
        this.finalizeStep = extension.boundary(Phase.FINALIZE);
        this.teardown = extension.boundary(Phase.TEARDOWN);
    }

    boolean isGuardedBy(ExtensionGuard other) {
        return guard == other;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void setup(SetupEnv env) throws Exception {
        EntryPoints.setup(setup, target, env);
    }

    @Override
    public @Nullable StepEvent poll() {
        return EntryPoints.poll(poll, target);
    }

    @Override
    public void finalizeStep(long id) {
        EntryPoints.finalizeStep(finalizeStep, target, id);
    }

    @Override
    public void teardown(TeardownContext context) {
        EntryPoints.teardown(teardown, target, context);
    }

    @Override
    public String toString() {
        return "guarded " + name;
    }
}
