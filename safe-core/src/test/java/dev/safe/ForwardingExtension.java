package dev.safe;

import org.jspecify.annotations.Nullable;

/** Stands between two guards, as another aspect of a bean might. */
record ForwardingExtension(ExtensionCapability target) implements ExtensionCapability {

    @Override
    public String name() {
        return target.name();
    }

    @Override
    public void setup(SetupEnv env) throws Exception {
        target.setup(env);
    }

    @Override
    public @Nullable StepEvent poll() {
        return target.poll();
    }

    @Override
    public void finalizeStep(long id) {
        target.finalizeStep(id);
    }

    @Override
    public void teardown(TeardownContext context) throws Exception {
        target.teardown(context);
    }
}
