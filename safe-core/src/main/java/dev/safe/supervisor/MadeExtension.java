package dev.safe.supervisor;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An extension that is made by its supplier when it is set up, so that what the supplier does is contained, counted and
 * budgeted as part of setup. For one setup only.
 */
final class MadeExtension implements ExtensionCapability {

    private final String name;
    private final Supplier<? extends ExtensionCapability> supplier;
    private volatile @Nullable ExtensionCapability made;

    MadeExtension(String name, Supplier<? extends ExtensionCapability> supplier) {
        this.name = name;
        this.supplier = supplier;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void setup(SetupEnv env) throws Exception {
        ExtensionCapability instance =
                Objects.requireNonNull(supplier.get(), () -> "the supplier of \"" + name + "\" returned null");
        String own = instance.name();
        if (!name.equals(own)) {
            throw new IllegalStateException(
                    "the supplier of \"%s\" made an extension that is named \"%s\"".formatted(name, own));
        }
        made = instance;
        instance.setup(env);
    }

    @Override
    public @Nullable StepEvent poll() {
        ExtensionCapability instance = made;
        return instance == null ? null : instance.poll();
    }

    @Override
    public void finalizeStep(long id) {
        ExtensionCapability instance = made;
        if (instance != null) {
            instance.finalizeStep(id);
        }
    }

    @Override
    public void teardown(TeardownContext context) throws Exception {
        ExtensionCapability instance = made;
        if (instance != null) {
            instance.teardown(context);
        }
    }
}
