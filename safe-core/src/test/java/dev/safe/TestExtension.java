package dev.safe;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An extension whose entry points all do what a test says, which may be to throw an undeclared checked exception. */
final class TestExtension implements ExtensionCapability {

    final AtomicInteger names = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    private final String name;
    private volatile Callable<@Nullable StepEvent> behaviour;

    TestExtension(String name, Callable<@Nullable StepEvent> behaviour) {
        this.name = name;
        this.behaviour = behaviour;
    }

    static TestExtension throwing(String name, Throwable thrown) {
        return new TestExtension(name, () -> {
            throw TestExtension.<RuntimeException>sneaky(thrown);
        });
    }

    void behave(Callable<@Nullable StepEvent> next) {
        behaviour = next;
    }

    @Override
    public String name() {
        names.incrementAndGet();
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

    private @Nullable StepEvent act() {
        calls.incrementAndGet();
        try {
            return behaviour.call();
        } catch (Throwable thrown) {
            throw TestExtension.<RuntimeException>sneaky(thrown);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
