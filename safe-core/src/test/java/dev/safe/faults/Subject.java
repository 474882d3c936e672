package dev.safe.faults;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An extension that remembers what became of its last call. */
final class Subject implements ExtensionCapability, Supplier<@Nullable StepEvent> {

    static final StepEvent EVENT = new StepEvent("event", new byte[0], 7, null);

    private final String name;
    private final Faults faults;
    private Callable<@Nullable StepEvent> behaviour = () -> EVENT;
    private boolean called;
    private @Nullable Throwable thrown;

    Subject(String name, Faults faults) {
        this.name = name;
        this.faults = faults;
    }

    void behave(Callable<@Nullable StepEvent> next) {
        behaviour = next;
    }

    /** Forgets the last call. */
    void forget() {
        called = false;
        thrown = null;
    }

    boolean wasCalled() {
        return called;
    }

    /** Returns what the last call threw. */
    @Nullable Throwable thrown() {
        return thrown;
    }

    @Override
    public String name() {
        faults.at(Place.NAME);
        return name;
    }

    @Override
    public void setup(SetupEnv env) {
        act();
    }

    @Override
    public @Nullable StepEvent poll() {
        return act();
    }

    @Override
    public void finalizeStep(long id) {
        act();
    }

    @Override
    public void teardown(TeardownContext context) {
        act();
    }

    @Override
    public @Nullable StepEvent get() {
        return act();
    }

    private @Nullable StepEvent act() {
        called = true;
        try {
            return behaviour.call();
        } catch (Throwable failure) {
            thrown = failure;
            throw Subject.<RuntimeException>sneaky(failure);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
