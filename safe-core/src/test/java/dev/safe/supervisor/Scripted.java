package dev.safe.supervisor;

import dev.safe.ExtensionCapability;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.TeardownContext;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An extension that records its calls, emits the events that a test puts in, and behaves as the test says. Thread-safe.
 */
final class Scripted implements ExtensionCapability {

    final Queue<Long> finalized = new ConcurrentLinkedQueue<>();
    final AtomicInteger polls = new AtomicInteger();
    private final Queue<StepEvent> events = new ConcurrentLinkedQueue<>();
    private final String name;
    private final Queue<String> log;
    private volatile Callable<@Nullable StepEvent> onPoll = events::poll;
    private volatile Callable<?> onSetup = () -> null;
    private volatile Callable<?> onTeardown = () -> null;
    private volatile LongConsumer onFinalize = finalized::add;

    Scripted(String name, Queue<String> log) {
        this.name = name;
        this.log = log;
    }

    Scripted emit(long... ids) {
        for (long id : ids) {
            events.add(new StepEvent("scripted", new byte[0], id, null));
        }
        return this;
    }

    Scripted onPoll(Callable<@Nullable StepEvent> behaviour) {
        onPoll = behaviour;
        return this;
    }

    Scripted onSetup(Callable<?> behaviour) {
        onSetup = behaviour;
        return this;
    }

    Scripted onTeardown(Callable<?> behaviour) {
        onTeardown = behaviour;
        return this;
    }

    Scripted onFinalize(LongConsumer behaviour) {
        onFinalize = behaviour;
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void setup(SetupEnv env) throws Exception {
        log.add("set up " + name);
        Object unused = onSetup.call();
    }

    @Override
    public @Nullable StepEvent poll() {
        polls.incrementAndGet();
        try {
            return onPoll.call();
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Exception checked) {
            throw new IllegalStateException(checked);
        }
    }

    @Override
    public void finalizeStep(long id) {
        onFinalize.accept(id);
    }

    @Override
    public void teardown(TeardownContext context) throws Exception {
        log.add("torn down " + name);
        Object unused = onTeardown.call();
    }
}
